package main

import (
	"fmt"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/store/postgres"
)

// Sample people. Names are common ones put together by number; nobody is meant.
// Numbers look like those of Ho Chi Minh City and Taipei but begin with a 1 after
// the area code, as no subscriber's does there; and no call leaves this machine.

//nolint:gochecknoglobals // read-only tables
var (
	demoFamilies  = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý"}
	demoWomen     = [2][]string{{"Thị", "Ngọc", "Thu", "Thanh", "Hồng"}, {"Lan", "Mai", "Hương", "Linh", "Hoa", "Trang", "Thảo", "Yến", "My", "Vy"}}
	demoMen       = [2][]string{{"Văn", "Minh", "Quốc", "Đức"}, {"Hùng", "Tuấn", "Dũng", "Nam", "Phúc", "Khoa", "Sơn", "Long", "Quân", "Bảo"}}
	demoHanFamily = []string{"陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊", "許", "鄭", "謝", "郭", "洪", "曾"}
	demoHanGiven  = []string{"淑芬", "志明", "雅婷", "俊傑", "美玲", "建宏", "怡君", "家豪", "麗華", "宗翰", "佳穎", "冠宇", "秀英", "柏翰", "惠雯", "承恩"}
)

// demoAreas begin every customer's number; the demo's trunk calls no others.
var demoAreas = []string{"+84281", "+88621"} //nolint:gochecknoglobals // read-only

// demoCustomer is the i-th customer: seven of ten Vietnamese, the others
// Taiwanese.
func demoCustomer(i int) (number, name string) {
	line := (i*7919 + 2_345_678) % 10_000_000 // prime to the modulus: no number twice
	if i%10 < 7 {
		return fmt.Sprintf("%s%07d", demoAreas[0], line), vietnamese(i)
	}
	return fmt.Sprintf("%s%07d", demoAreas[1], line), taiwanese(i)
}

func vietnamese(i int) string {
	rest := demoWomen
	if i%2 == 1 {
		rest = demoMen
	}
	return pick(demoFamilies, i*7) + " " + pick(rest[0], i*3/2+i/20) + " " + pick(rest[1], i*7/2+i/9)
}

func taiwanese(i int) string { return pick(demoHanFamily, i*5) + pick(demoHanGiven, i*3+i/16) }

func pick(list []string, i int) string { return list[i%len(list)] }

// demoColleague is the name of the i-th robot.
func demoColleague(language string, i int) string {
	if language == "zh-Hant" {
		return taiwanese(3*i + 1)
	}
	return vietnamese(3*i + 2)
}

// demoPersonName is what the two demo logins are called.
func demoPersonName(language, role string) string {
	if role == api.RoleManager {
		return demoWord(language, "Demo manager", "Quản lý demo", "示範主管")
	}
	return demoWord(language, "Demo agent", "Nhân viên demo", "示範客服")
}

// demoLeadList are n leads from the i-th on.
func demoLeadList(i, n int) []postgres.NewLead {
	leads := make([]postgres.NewLead, n)
	for k := range leads {
		leads[k].Number, leads[k].Name = demoCustomer(i + k)
		leads[k].Consent = "given"
	}
	return leads
}
