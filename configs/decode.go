package configs

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/v2"
)

// decode lays what was read over c. Each value that does not fit is a problem of its own and leaves the default.
func decode(k *koanf.Koanf, c *Config) []error {
	seeds := seedElements{index: map[reflect.Type]int{}}
	hook := mapstructure.ComposeDecodeHookFunc(seeds.overDefaults, plainValues)
	err := k.UnmarshalWithConf("", c, koanf.UnmarshalConf{DecoderConfig: decoder(hook)})
	return append(decodeErrors("", err), seeds.found...)
}

// decoder reads "true" and "12" too, because variables and flags have only text.
func decoder(hook mapstructure.DecodeHookFunc) *mapstructure.DecoderConfig {
	return &mapstructure.DecoderConfig{DecodeHook: hook, WeaklyTypedInput: true, TagName: tag}
}

// plainValues are the hooks for single values.
var plainValues = mapstructure.ComposeDecodeHookFunc(
	duration,
	mapstructure.TextUnmarshallerHookFunc(),
	commaList,
)

// duration takes "20s". A bare number other than 0 is refused: no one can tell whether 30 means seconds.
func duration(from, to reflect.Type, value any) (any, error) {
	if to != reflect.TypeFor[time.Duration]() || from == to {
		return value, nil
	}
	d, err := time.ParseDuration(fmt.Sprint(value))
	if err != nil {
		return nil, fmt.Errorf("%q is not a duration with its unit, such as 20s or 200ms", fmt.Sprint(value))
	}
	return d, nil
}

// commaList takes "a, b" for a list of texts; "" is the empty list.
func commaList(from, to reflect.Type, value any) (any, error) {
	if from.Kind() != reflect.String || to != reflect.TypeFor[[]string]() {
		return value, nil
	}
	list := []string{}
	for part := range strings.SplitSeq(value.(string), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list, nil
}

// seedElements lays each element of a seed list over its defaults, so that a key left out is not a zero. It keeps the
// problems to itself: an error would make the decoder drop the whole element, and every check of it would complain too.
type seedElements struct {
	index map[reflect.Type]int // the next element of the list of this type
	found []error
}

func (s *seedElements) overDefaults(from, to reflect.Type, value any) (any, error) {
	switch to {
	case reflect.TypeFor[SeedQueue]():
		return element(s, "seed.queues", from, value, DefaultQueue()), nil
	case reflect.TypeFor[SeedUser]():
		return element(s, "seed.users", from, value, DefaultUser()), nil
	case reflect.TypeFor[SeedMenu]():
		return element(s, "seed.menus", from, value, DefaultMenu()), nil
	case reflect.TypeFor[SeedDoor]():
		return element(s, "seed.doors", from, value, DefaultDoor()), nil
	case reflect.TypeFor[SeedCallerSet]():
		return element(s, "seed.caller_sets", from, value, DefaultCallerSet()), nil
	case reflect.TypeFor[SeedOutbound]():
		return element(s, "seed.outbound", from, value, DefaultOutbound()), nil
	case reflect.TypeFor[SeedTrunk]():
		return element(s, "seed.trunks", from, value, DefaultTrunk()), nil
	}
	return value, nil
}

func element[T any](s *seedElements, key string, from reflect.Type, value any, over T) any {
	n := s.index[reflect.TypeFor[T]()]
	s.index[reflect.TypeFor[T]()]++
	if from.Kind() != reflect.Map {
		return value // the decoder says what it should be
	}
	config := decoder(plainValues)
	config.Result = &over
	d, err := mapstructure.NewDecoder(config)
	if err == nil {
		err = d.Decode(value)
	}
	s.found = append(s.found, decodeErrors(fmt.Sprintf("%s[%d]", key, n), err)...)
	return over
}

// decodeErrors takes the decoder's tree of errors apart into one sentence for each key.
func decodeErrors(prefix string, err error) []error {
	switch e := err.(type) { //nolint:errorlint // each node is looked at as it is, from the root to the leaves
	case nil:
		return nil
	case *mapstructure.DecodeError:
		return decodeErrors(join(prefix, e.Name()), e.Unwrap())
	case interface{ Unwrap() []error }:
		var all []error
		for _, branch := range e.Unwrap() {
			all = append(all, decodeErrors(prefix, branch)...)
		}
		return all
	}
	var branches interface{ Unwrap() []error }
	if errors.As(err, &branches) { // the decoder heads the tree with a sentence of its own
		return decodeErrors(prefix, errors.Unwrap(err))
	}
	return []error{problem(prefix, "%s; callstamp.yaml shows how it is written", misfit(err))}
}

// misfit says in words what the decoder says in Go's types.
func misfit(err error) string {
	var parse *mapstructure.ParseError
	var kind *mapstructure.UnconvertibleTypeError
	switch {
	case errors.As(err, &parse):
		return fmt.Sprintf("%q is not %s", fmt.Sprint(parse.Value), word(parse.Expected.Kind()))
	case errors.As(err, &kind):
		return fmt.Sprintf("%s is expected, not %s", word(kind.Expected.Kind()), word(reflect.ValueOf(kind.Value).Kind()))
	}
	if strings.HasPrefix(err.Error(), "expected a map") {
		return "a section of keys is expected"
	}
	return err.Error()
}

func word(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "a section of keys"
	}
	return "a text"
}
