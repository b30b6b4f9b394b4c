package configs

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// tag is the struct tag that carries a key's name.
const tag = "koanf"

var textType = reflect.TypeFor[encoding.TextUnmarshaler]()

// section says whether a struct holds keys; a struct that reads itself from text is a value.
func section(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && !reflect.PointerTo(t).Implements(textType)
}

// list says whether a key holds a list of sections, as seed.queues does.
func list(t reflect.Type) bool { return t.Kind() == reflect.Slice && section(t.Elem()) }

// walk visits every key of v that has a value of its own, in the order of the file, list elements as name[i].key.
func walk(v reflect.Value, prefix string, visit func(key string, value reflect.Value)) {
	for i := range v.NumField() {
		key, field := join(prefix, v.Type().Field(i).Tag.Get(tag)), v.Field(i)
		switch {
		case section(field.Type()):
			walk(field, key, visit)
		case list(field.Type()):
			for n := range field.Len() {
				walk(field.Index(n), fmt.Sprintf("%s[%d]", key, n), visit)
			}
		default:
			visit(key, field)
		}
	}
}

func join(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "." + name
}

// names are the keys directly within a section.
func names(t reflect.Type) map[string]reflect.Type {
	found := map[string]reflect.Type{}
	for field := range t.Fields() {
		found[field.Tag.Get(tag)] = field.Type
	}
	return found
}

// unknown reports every key of a file's map that the section does not have. A wrong kind of value is left to decoding.
func unknown(raw map[string]any, t reflect.Type, prefix string) []error {
	known, found := names(t), []error(nil)
	for _, name := range sorted(raw) {
		of, ok := known[name]
		if !ok {
			found = append(found, unknownKey(join(prefix, name), prefix, sorted(known)))
			continue
		}
		switch value := raw[name].(type) {
		case map[string]any:
			if section(of) {
				found = append(found, unknown(value, of, join(prefix, name))...)
			}
		case []any:
			for i, element := range value {
				if inner, ok := element.(map[string]any); ok && list(of) {
					found = append(found, unknown(inner, of.Elem(), fmt.Sprintf("%s[%d]", join(prefix, name), i))...)
				}
			}
		}
	}
	return found
}

// unknownKey names the key and the nearest one there is, for a typing error is the usual reason.
func unknownKey(key, prefix string, known []string) error {
	name, near, distance := strings.TrimPrefix(key, prefix+"."), "", 4
	for _, candidate := range known {
		if d := edits(name, candidate); d < distance {
			near, distance = candidate, d
		}
	}
	if near == "" {
		return problem(key, "there is no such key, so it would have no effect; remove it, callstamp.yaml lists every key")
	}
	return problem(key, "there is no such key, so it would have no effect; did you mean %s?", join(prefix, near))
}

// edits is the Levenshtein distance: letters to change, add or drop.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func sorted[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for name := range m {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}
