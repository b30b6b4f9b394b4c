package media

import (
	"errors"
	"testing"
)

// Every refusal has a name that the edge can turn into an answer.
func FuzzCheckOffer(f *testing.F) {
	f.Add("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=fingerprint:x\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\na=ice-ufrag:x\r\na=ice-pwd:y\r\n")
	f.Add("v=0\r\nm=audio")
	f.Fuzz(func(t *testing.T, offer string) {
		if err := checkOffer(offer); err != nil && !errors.Is(err, ErrOffer) && !errors.Is(err, ErrNoCodec) {
			t.Errorf("%q: %v", offer, err)
		}
	})
}
