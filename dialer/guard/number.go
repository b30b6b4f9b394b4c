package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Sort is what a number is, by the numbering plan of its country.
type Sort string

// The sorts. Those of Costly are refused unless a trunk lists them.
const (
	Ordinary   Sort = "ordinary" // fixed, mobile, toll-free, and what the plan does not tell apart
	Premium    Sort = "premium"
	SharedCost Sort = "shared_cost"
	Satellite  Sort = "satellite" // +870, +881 and the international networks +882, +883
	Personal   Sort = "personal"  // a number that follows a person wherever that costs what it may
	Company    Sort = "uan"       // universal access number of a company
	Service    Sort = "service"   // pager, voicemail: nobody to talk to
)

// Costly are the sorts that are refused unless listed, in the order in which they are shown.
func Costly() []Sort { return []Sort{Premium, SharedCost, Satellite, Personal, Company, Service} }

// countryless are codes that belong to no country (ITU-T E.164, list of assigned codes).
var countryless = map[int32]Sort{ //nolint:gochecknoglobals // read-only table
	800: Ordinary, // international freephone
	808: SharedCost, 870: Satellite, 878: Personal, 881: Satellite, 882: Satellite, 883: Satellite, 888: Company, 979: Premium,
}

// e164 is a number as stamps' parties and trunks have it: a plus, then 4 to 15 digits that begin with a country code.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{3,14}$`)

// SortOf says what an E.164 number is.
func SortOf(number string) Sort {
	n, err := phonenumbers.Parse(number, "ZZ")
	if err != nil {
		return unparsed(number)
	}
	if s, ok := countryless[n.GetCountryCode()]; ok {
		return s
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.PREMIUM_RATE:
		return Premium
	case phonenumbers.SHARED_COST:
		return SharedCost
	case phonenumbers.PERSONAL_NUMBER:
		return Personal
	case phonenumbers.UAN:
		return Company
	case phonenumbers.PAGER, phonenumbers.VOICEMAIL:
		return Service
	}
	return Ordinary
}

// unparsed is the sort of what the library makes nothing of, by its code alone.
func unparsed(number string) Sort {
	for code, sort := range countryless {
		if strings.HasPrefix(number, fmt.Sprintf("+%d", code)) {
			return sort
		}
	}
	return Ordinary
}

// Normal is a number as a person dials it in a region (ISO 3166, "VN"; "": international alone), in E.164. The error is a
// Refusal.
func Normal(typed, region string) (string, error) {
	bad := Refusal{NotANumber, fmt.Sprintf("%q is no telephone number; write it with + and the country code, such as +84 90 123 45 67.", typed)}
	if len(typed) > 40 {
		return "", bad
	}
	if region == "" {
		region = "ZZ"
	}
	n, err := phonenumbers.Parse(typed, region)
	if err != nil || n.GetExtension() != "" || strings.ContainsFunc(typed, isLetter) {
		return "", bad
	}
	number := phonenumbers.Format(n, phonenumbers.E164)
	if !e164.MatchString(number) {
		return "", bad
	}
	return number, nil
}

// isLetter: the library reads 0900-BUY as a number; a person who types that means something else.
func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// Rules say which numbers a trunk calls.
type Rules struct {
	Prefixes []string // of E.164 numbers, "+84"; none: nothing is called
	Sorts    []Sort   // of Costly ones that are called all the same
}

// Judge says whether the trunk may call the number; the error is a Refusal.
func (r Rules) Judge(number string) error {
	if !e164.MatchString(number) {
		return Refusal{NotANumber, "It is no E.164 number: a plus, the country code, 15 digits at most."}
	}
	if !slices.ContainsFunc(r.Prefixes, func(p string) bool { return p != "" && strings.HasPrefix(number, p) }) {
		return Refusal{OutsidePrefix, fmt.Sprintf("Numbers that begin with %s… may not be called here: no trunk lists such a prefix. A manager can list it.", head(number))}
	}
	if sort := SortOf(number); sort != Ordinary && !slices.Contains(r.Sorts, sort) {
		return Refusal{string(sort), fmt.Sprintf("It is a %s number, which may cost much; no trunk lists that sort. A manager can list it.", words[sort])}
	}
	return nil
}

// words are the sorts for people.
var words = map[Sort]string{ //nolint:gochecknoglobals // read-only table
	Premium: "premium-rate", SharedCost: "shared-cost", Satellite: "satellite or international-network", Personal: "personal",
	Company: "company access", Service: "pager or voicemail",
}

// head is enough of a number to see its country.
func head(number string) string { return number[:min(len(number), 4)] }
