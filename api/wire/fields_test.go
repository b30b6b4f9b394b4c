package wire_test

import (
	"reflect"
	"strings"
)

// fields lists the JSON names of a struct behind a pointer.
func fields(value any) []string {
	typ := reflect.TypeOf(value).Elem()
	names := make([]string, 0, typ.NumField())
	for i := range typ.NumField() {
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}
