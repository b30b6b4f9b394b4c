package configs

import "slices"

// SeedCallerSet is a list of numbers of ours, one of which a call out shows.
type SeedCallerSet struct {
	Name    string   `koanf:"name"`
	Mode    string   `koanf:"mode"`    // rotate: each in its turn; prefix: the one most like the number that is called
	Numbers []string `koanf:"numbers"` // E.164
}

// SeedOutbound says by which trunk numbers with a prefix are called.
type SeedOutbound struct {
	Name      string `koanf:"name"`
	Prefix    string `koanf:"prefix"` // of E.164 numbers; "" is all
	Trunk     string `koanf:"trunk"`  // by name
	Position  int    `koanf:"position"`
	Weight    int    `koanf:"weight"`     // the share among routes of one position
	CallerSet string `koanf:"caller_set"` // by name; "" is the trunk's
}

// DefaultCallerSet is a set of which only name and numbers are given.
func DefaultCallerSet() SeedCallerSet { return SeedCallerSet{Mode: "rotate"} }

// DefaultOutbound is a route of which only name, prefix and trunk are given.
func DefaultOutbound() SeedOutbound { return SeedOutbound{Position: 1, Weight: 1} }

// Caps of an agent who may dial by hand, where nobody has said otherwise: more
// than a person can do, less than a thief wants.
const (
	HandPerMinute = 20
	HandPerDay    = 500
)

func (c SeedCallerSet) check(p *problems, key string) {
	p.oneOf(key+".mode", c.Mode, "rotate", "prefix")
	if len(c.Numbers) == 0 {
		p.add(key+".numbers", "a set without numbers shows none; give one at least")
	}
	for _, n := range c.Numbers {
		if !e164Pattern.MatchString(n) {
			p.add(key+".numbers", "%q is not what a carrier shows; write it as E.164, such as +842812345678", n)
		}
	}
}

func (o SeedOutbound) check(p *problems, key string, trunks, sets map[string]bool) {
	if o.Prefix != "" && !prefixPattern.MatchString(o.Prefix) {
		p.add(key+".prefix", "%q begins no E.164 number; write a country's or more, such as +84, or leave it empty for all", o.Prefix)
	}
	if !trunks[o.Trunk] {
		p.add(key+".trunk", "no trunk is called %q, so the call had no way; choose one of %v", o.Trunk, sorted(trunks))
	}
	checkSet(p, key, o.CallerSet, sets)
	p.counts(
		count{key + ".position", o.Position, 1, 1000, "lower ones are tried first"},
		count{key + ".weight", o.Weight, 1, 1000, "it is the share among routes of one position"},
	)
}

func checkSet(p *problems, key, name string, sets map[string]bool) {
	if name != "" && !sets[name] {
		p.add(key+".caller_set", "no set is called %q; add it to seed.caller_sets or choose one of %v", name, sorted(sets))
	}
}

// checkWays checks what a trunk has for calls out.
func (t SeedTrunk) checkWays(p *problems, key string, sets map[string]bool) {
	for _, codec := range t.Codecs {
		p.oneOf(key+".codecs", codec, "pcma", "pcmu")
	}
	sorts := []string{"premium", "shared_cost", "satellite", "personal", "uan", "service"}
	for _, s := range t.Sorts {
		if !slices.Contains(sorts, s) {
			p.add(key+".sorts", "%q is no sort of costly numbers; choose from %v, or none", s, sorts)
		}
	}
	for _, b := range t.Backups {
		if b == "" || t.Host == "" {
			p.add(key+".backups", "%q follows a host that is not there; set host, or remove it", b)
		}
	}
	p.oneOf(key+".reliable", t.Reliable, "off", "optional", "required")
	p.oneOf(key+".srtp", t.SRTP, "off", "optional", "required")
	if t.TLSClient && t.TLSCA == "" {
		p.add(key+".tls_client", "nothing could verify the callers' certificates; give tls_ca, or leave tls_client out")
	}
	checkSet(p, key, t.CallerSet, sets)
	p.counts(
		count{key + ".per_second", t.PerSecond, 0, 1000, "it is what the carrier takes; 0 is without limit"},
		count{key + ".per_minute", t.PerMinute, 0, 100000, "more were toll fraud; 0 is without limit"},
		count{key + ".per_day", t.PerDay, 0, 10000000, "more were toll fraud; 0 is without limit"},
	)
}
