package configs

import (
	"fmt"
	"reflect"
	"strings"
)

// Redacted is the configuration with every secret replaced by a mask, to be shown or sent.
func (c Config) Redacted() Config {
	c.Seed.Users = append([]SeedUser(nil), c.Seed.Users...) // the elements of a copied Config are shared
	c.Seed.Trunks = append([]SeedTrunk(nil), c.Seed.Trunks...)
	walk(reflect.ValueOf(&c).Elem(), "", func(_ string, v reflect.Value) {
		switch secret := v.Interface().(type) {
		case Secret:
			v.SetString(secret.String())
		case DSN:
			v.SetString(secret.String())
		}
	})
	return c
}

// String writes one key and its value a line, without secrets.
func (c Config) String() string {
	var b strings.Builder
	walk(reflect.ValueOf(c.Redacted()), "", func(key string, v reflect.Value) {
		value := fmt.Sprint(v.Interface())
		if texts, ok := reflect.TypeAssert[[]string](v); ok {
			value = strings.Join(texts, ", ")
		}
		fmt.Fprintf(&b, "%s: %s\n", key, value)
	})
	return b.String()
}

// GoString is String, so that %#v shows no secret either.
func (c Config) GoString() string { return c.String() }
