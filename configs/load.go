package configs

import (
	_ "embed"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// Reference is callstamp.yaml: every key, its default and why.
//
//go:embed callstamp.yaml
var Reference string

// Source is where a configuration comes from, the weakest first.
type Source struct {
	File    string            // YAML; "" reads none
	Environ []string          // as os.Environ gives it
	Flags   map[string]string // key to value, written as in the environment
}

// Load reads every source over Default and checks the whole. The error joins every problem there is, one sentence
// each, so that a file is mended in one go; the Config is of use only without one.
func Load(s Source) (Config, error) {
	c, k := Default(), koanf.New(".")
	var all []error
	if s.File != "" {
		if err := k.Load(file.Provider(s.File), yaml.Parser()); err != nil {
			return c, fmt.Errorf("read configuration %s: %w", s.File, err)
		}
		all = append(all, unknown(k.Raw(), reflect.TypeFor[Config](), "")...)
	}
	variables, wrong := environment(s.Environ)
	all = append(all, wrong...)
	if err := k.Load(variables, nil); err != nil {
		all = append(all, fmt.Errorf("read environment: %w", err))
	}
	all = append(all, setFlags(k, s.Flags)...)
	all = append(all, decode(k, &c)...)
	all = append(all, readSecrets(k, &c)...)
	all = append(all, c.Validate())
	return c, errors.Join(all...)
}

func setFlags(k *koanf.Koanf, flags map[string]string) []error {
	known, all := scalarKeys(), []error(nil)
	for _, key := range sorted(flags) {
		if !slices.Contains(known, key) {
			all = append(all, unknownKey(key, "", known))
			continue
		}
		if err := k.Set(key, flags[key]); err != nil {
			all = append(all, fmt.Errorf("set flag %s: %w", key, err))
		}
	}
	return all
}
