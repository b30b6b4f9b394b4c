package main

import (
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/sip"
	"github.com/callstamp/callstamp/store/postgres"
)

// TestTrunkOfStored carries every column over.
func TestTrunkOfStored(t *testing.T) {
	stored := postgres.Trunk{
		ID: "carrier", Name: "Carrier", Host: "sip.carrier.example:5080", Transport: "tcp", Username: "me", Secret: "s3cret", Register: true,
		Addresses: []string{"203.0.113.0/24", "2001:db8::/32"}, CallerID: "+842812345678", MaxCalls: 7,
		Prefixes: []string{"+84"}, Realm: "carrier", SessionUS: 90e6, OptionsUS: 5e6, StripPlus: true, SignalHold: true, Active: true,
	}
	whole := sip.Trunk{
		ID: "carrier", Allow: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("2001:db8::/32")},
		Host: "sip.carrier.example", Port: 5080, Transport: "tcp", User: "me", Password: "s3cret", Realm: "carrier", Register: true,
		CallerIDs: []string{"+842812345678"}, Prefixes: []string{"+84"}, StripPlus: true, MaxCalls: 7, KeepAlive: 5 * time.Second,
		SignalHold: true, Session: 90 * time.Second,
	}
	for _, row := range []struct {
		name   string
		change func(*postgres.Trunk)
		want   func(*sip.Trunk)
	}{
		{"whole", func(*postgres.Trunk) {}, func(*sip.Trunk) {}},
		{"nobody may be called", func(s *postgres.Trunk) { s.Prefixes = nil }, func(s *sip.Trunk) { s.Prefixes = nil }},
		{"no session timer", func(s *postgres.Trunk) { s.SessionUS = 0 }, func(s *sip.Trunk) { s.Session = -1 }},
		{"no OPTIONS", func(s *postgres.Trunk) { s.OptionsUS = 0 }, func(s *sip.Trunk) { s.KeepAlive = 0 }},
		{"holds are silent", func(s *postgres.Trunk) { s.SignalHold = false }, func(s *sip.Trunk) { s.SignalHold = false }},
		{"no number of its own", func(s *postgres.Trunk) { s.CallerID = "" }, func(s *sip.Trunk) { s.CallerIDs = nil }},
		{"the transport's port", func(s *postgres.Trunk) { s.Host = "192.0.2.7" }, func(s *sip.Trunk) { s.Host, s.Port = "192.0.2.7", 0 }},
		{"ways", func(s *postgres.Trunk) {
			s.Backups, s.Domain, s.NAT, s.PerSecond, s.Codecs = []string{"192.0.2.9"}, "d.example", true, 4, []string{"pcmu", "pcma"}
			s.Reliable, s.SRTP = "required", "optional"
		}, func(s *sip.Trunk) {
			s.Backups, s.Domain, s.NAT, s.PerSecond, s.Laws = []string{"192.0.2.9"}, "d.example", true, 4, []media.Law{media.PCMU, media.PCMA}
			s.Reliable, s.SRTP = sip.Required, sip.Optional
		}},
		{"an IPv6 address", func(s *postgres.Trunk) { s.Host = "2001:db8::7" }, func(s *sip.Trunk) { s.Host, s.Port = "2001:db8::7", 0 }},
		{"an IPv6 address with its port", func(s *postgres.Trunk) { s.Host = "[2001:db8::7]:5070" }, func(s *sip.Trunk) { s.Host, s.Port = "2001:db8::7", 5070 }},
	} {
		from, want := stored, whole
		row.change(&from)
		row.want(&want)
		got, err := trunkOf(&configuration{}, from)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v", row.name, err, got, want)
		}
	}
}

// TestTrunksFaulty leaves out each that can't work, names it, and keeps the others.
func TestTrunksFaulty(t *testing.T) {
	good := postgres.Trunk{ID: "good", Host: "192.0.2.7", Transport: "udp", Active: true}
	stored := []postgres.Trunk{good, {ID: "off", Host: "a:b:c"}}
	for _, change := range []func(*postgres.Trunk){
		func(s *postgres.Trunk) { s.Host = "192.0.2.7:sip" },
		func(s *postgres.Trunk) { s.Host = "192.0.2.7:70000" },
		func(s *postgres.Trunk) { s.Host = "not a name" },
		func(s *postgres.Trunk) { s.Host = "" },
		func(s *postgres.Trunk) { s.Addresses = []string{"192.0.2.7"} },
		func(s *postgres.Trunk) { s.Register = true },
		func(s *postgres.Trunk) { s.CallerID = "Acme" },
	} {
		bad := good
		bad.ID = "bad"
		change(&bad)
		stored = append(stored, bad)
	}
	trunks, faults := trunksOf(&configuration{trunks: stored})
	if len(trunks) != 1 || trunks[0].ID != "good" || len(faults) != len(stored)-2 {
		t.Errorf("%d trunks, %d faults: %v", len(trunks), len(faults), faults)
	}
	for _, err := range faults {
		if !strings.HasPrefix(err.Error(), "trunk bad: ") || strings.Count(err.Error(), "trunk bad") != 1 {
			t.Errorf("it should name its trunk once: %v", err)
		}
	}
}

func TestConfigOfSIP(t *testing.T) {
	c := configs.Default().SIP
	c.Listen, c.PublicIP, c.T1 = []string{"udp:127.0.0.1:5070", "tls:[::1]:5061"}, "203.0.113.9", 300*time.Millisecond
	c.TrunkSilent = 3 * time.Second
	c.SourceRate, c.SourceBurst, c.MaxMessage = 5, 6, 7000
	c.TLSCert, c.TLSKey = pemFiles(t, t.TempDir())
	got, err := sipConfig(c, slog.New(slog.DiscardHandler))
	if err != nil || got.TLS == nil {
		t.Fatalf("%v, TLS %v", err, got.TLS)
	}
	shown, err := got.TLS.GetCertificate(nil)
	if err != nil || shown == nil {
		t.Errorf("no certificate is shown: %v", err)
	}
	got.TLS = nil
	want := sip.Config{
		Listen: []sip.Listen{{Network: "udp", Addr: "127.0.0.1:5070"}, {Network: "tls", Addr: "[::1]:5061"}},
		Public: netip.MustParseAddr("203.0.113.9"), T1: 300 * time.Millisecond, TrunkSilent: 3 * time.Second, Guard: sip.GuardConfig{Rate: 5, Burst: 6, MaxMessage: 7000},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	c.TLSKey = c.TLSCert
	if _, err := sipConfig(c, slog.New(slog.DiscardHandler)); err == nil || !strings.HasPrefix(err.Error(), "sip.tls_cert: ") {
		t.Errorf("a key that is none: %v", err)
	}
}
