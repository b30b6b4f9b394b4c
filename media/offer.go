package media

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pion/sdp/v3"
)

// ErrOffer says that an SDP offer cannot be answered at all.
var ErrOffer = errors.New("media: unusable offer")

// maxOffer is far above any browser's offer of one audio line (2 to 8 KB).
const maxOffer = 64 << 10

// checkOffer looks at an offer before pion does: pion has no rollback, so what it has taken cannot be refused.
// ErrOffer, ErrNoCodec.
func checkOffer(offer string) error {
	if len(offer) > maxOffer {
		return fmt.Errorf("%w: %d bytes, more than %d", ErrOffer, len(offer), maxOffer)
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(offer); err != nil {
		return fmt.Errorf("%w: %w", ErrOffer, err)
	}
	if len(d.MediaDescriptions) == 0 {
		return fmt.Errorf("%w: no media", ErrOffer)
	}
	m := d.MediaDescriptions[0]
	if m.MediaName.Media != "audio" || len(d.MediaDescriptions) > 1 {
		return fmt.Errorf("%w: not one audio line but %d lines, the first %s", ErrOffer, len(d.MediaDescriptions), m.MediaName.Media)
	}
	for _, need := range []string{"ice-ufrag", "ice-pwd", "fingerprint"} {
		_, inMedia := m.Attribute(need)
		_, inSession := d.Attribute(need)
		if !inMedia && !inSession {
			return fmt.Errorf("%w: no a=%s", ErrOffer, need)
		}
	}
	if !offersG711(m) {
		return ErrNoCodec
	}
	return nil
}

// offersG711 looks for a=rtpmap:PT PCMx/8000 among the formats of the line.
func offersG711(m *sdp.MediaDescription) bool {
	return slices.ContainsFunc(m.Attributes, func(a sdp.Attribute) bool {
		pt, codec, _ := strings.Cut(a.Value, " ")
		codec = strings.ToUpper(codec)
		return a.Key == "rtpmap" && slices.Contains(m.MediaName.Formats, pt) &&
			(strings.HasPrefix(codec, "PCMU/8000") || strings.HasPrefix(codec, "PCMA/8000"))
	})
}
