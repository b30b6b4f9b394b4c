package configs

import (
	"os"
	"reflect"
	"strings"

	"github.com/knadh/koanf/v2"
)

// readSecrets fills every key that has a twin ending in _file from the file that the twin names: what a container's
// secrets are. Both together are refused, for nobody could tell which of them is in force.
func readSecrets(k *koanf.Koanf, c *Config) []error {
	values := map[string]reflect.Value{}
	walk(reflect.ValueOf(c).Elem(), "", func(key string, v reflect.Value) { values[key] = v })
	var all []error
	for _, twin := range sorted(values) {
		key, isFile := strings.CutSuffix(twin, "_file")
		target, has := values[key]
		if !isFile || !has || values[twin].String() == "" {
			continue
		}
		// The DSN has a default, which a file may replace; within a list only the value tells.
		if k.Exists(key) || strings.Contains(key, "[") && target.String() != "" {
			all = append(all, problem(twin, "%s is set too, and only one of them can be in force; remove one", key))
			continue
		}
		text, err := os.ReadFile(values[twin].String())
		if err != nil {
			all = append(all, problem(twin, "the secret cannot be read (%w); name a file that this process may read", err))
			continue
		}
		target.SetString(strings.TrimRight(string(text), "\r\n"))
	}
	return all
}
