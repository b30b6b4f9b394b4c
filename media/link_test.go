package media

import (
	"testing"

	"github.com/pion/webrtc/v4"
)

func TestLinkFollowsTheConnection(t *testing.T) {
	const (
		connecting   = webrtc.PeerConnectionStateConnecting
		connected    = webrtc.PeerConnectionStateConnected
		disconnected = webrtc.PeerConnectionStateDisconnected
		failed       = webrtc.PeerConnectionStateFailed
	)
	for _, c := range []struct {
		name   string
		states []webrtc.PeerConnectionState
		want   []link
	}{
		{"up, away and back", []webrtc.PeerConnectionState{connecting, connected, disconnected, connected}, []link{linkNew, linkUp, linkLost, linkUp}},
		{"lost for good", []webrtc.PeerConnectionState{connected, disconnected, failed}, []link{linkUp, linkLost, linkLost}},
		{"ICE restart", []webrtc.PeerConnectionState{connected, failed, connecting, connected}, []link{linkUp, linkLost, linkLost, linkUp}},
		{"never up", []webrtc.PeerConnectionState{connecting, disconnected, failed}, []link{linkNew, linkNew, linkLost}},
	} {
		l := linkNew
		for i, s := range c.states {
			if l = l.after(s); l != c.want[i] {
				t.Errorf("%s: %d after %v, want %d", c.name, l, s, c.want[i])
			}
		}
	}
}
