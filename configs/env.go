package configs

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/knadh/koanf/providers/env/v2"
)

// EnvPrefix begins the name of every variable that we read.
const EnvPrefix = "CALLSTAMP_"

// Variables with our prefix that are no keys: where the file is, and where the demo finds PostgreSQL.
var notKeys = []string{"CALLSTAMP_CONFIG", "CALLSTAMP_PG_BIN"}

// Kubernetes sets these in every pod beside a service called callstamp; they are no one's wish.
var serviceLink = regexp.MustCompile(`^CALLSTAMP_(SERVICE_(HOST|PORT)|PORT)(_|$)`)

// EnvName is the variable that sets a key: CALLSTAMP_HTTP_LISTEN for http.listen.
func EnvName(key string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// scalarKeys are the keys that a variable or a flag can set: all but the lists of seed.
func scalarKeys() []string {
	var keys []string
	walk(reflect.ValueOf(Default()), "", func(key string, _ reflect.Value) { keys = append(keys, key) })
	return keys
}

// environment reads our variables and reports those that set nothing.
func environment(environ []string) (*env.Env, []error) {
	byName, all := map[string]string{}, []string{}
	for _, key := range scalarKeys() {
		byName[EnvName(key)] = key
		all = append(all, EnvName(key))
	}
	var unknown []error
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, EnvPrefix) || slices.Contains(notKeys, name) || slices.Contains(proofNames(), name) || serviceLink.MatchString(name) {
			continue
		}
		if byName[name] == "" {
			unknown = append(unknown, unknownKey(name, "", all))
		}
	}
	return env.Provider(".", env.Opt{
		Prefix:        EnvPrefix,
		TransformFunc: func(name, value string) (string, any) { return byName[name], value },
		EnvironFunc:   func() []string { return environ },
	}), unknown
}

// DefaultFile is the file that is read where none is named: CALLSTAMP_CONFIG, else /etc/callstamp/callstamp.yaml where
// it exists, else none.
func DefaultFile() string {
	if name := os.Getenv("CALLSTAMP_CONFIG"); name != "" {
		return name
	}
	const usual = "/etc/callstamp/callstamp.yaml"
	if _, err := os.Stat(usual); err == nil {
		return usual
	}
	return ""
}
