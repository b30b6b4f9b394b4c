package main

import (
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/media"
)

func TestConfigOfMedia(t *testing.T) {
	c := configs.Media{
		RTPPorts: configs.PortRange{First: 40000, Last: 40999}, ListenIP: "192.0.2.1", PublicIP: "203.0.113.9", ICEUDPListen: "0.0.0.0:8444",
		RTPSilent: time.Second, RTPTimeout: 2 * time.Second, DrainIdle: 3 * time.Second, DrainMax: 4 * time.Second,
	}
	want := media.Config{
		TrunkAddr: netip.MustParseAddr("192.0.2.1"), Web: netip.MustParseAddrPort("0.0.0.0:8444"), PortMin: 40000, PortMax: 40999,
		PublicIP: netip.MustParseAddr("203.0.113.9"), SilentAfter: time.Second, GoneAfter: 2 * time.Second, WebSilentAfter: 3 * time.Second, DrainIdle: 3 * time.Second, DrainMax: 4 * time.Second,
	}
	if got, err := engineConfig(c, configs.Agents{SilentAfter: 3 * time.Second}); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, want)
	}
}

// TestConfigOfRTPAddress: what a carrier is told to send voice to.
func TestConfigOfRTPAddress(t *testing.T) {
	for _, row := range []struct{ public, listen, want string }{
		{"203.0.113.9", "192.0.2.1", "203.0.113.9"},
		{"203.0.113.9", "0.0.0.0", "203.0.113.9"},
		{"", "192.0.2.1", "192.0.2.1"},
		{"", "0.0.0.0", "invalid IP"},
		{"", "::", "invalid IP"},
	} {
		if got := rtpAddress(configs.Media{PublicIP: row.public, ListenIP: row.listen}).String(); got != row.want {
			t.Errorf("public %q, listening on %q: %s, want %s", row.public, row.listen, got, row.want)
		}
	}
}
