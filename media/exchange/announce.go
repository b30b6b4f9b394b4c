package exchange

import (
	"fmt"
	"strconv"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
)

// Announce lets everybody in the sound hear the prompts over what they hear
// otherwise; nobody is parted by it. PlayDone{play} is posted when the customer
// has heard them. A leg that leaves the sound meanwhile hears no more of it, and
// the customer's leaving is no PlayDone.
func (x *Exchange) Announce(id stamp.ID, play int, language string, names []string) error {
	clips, err := x.clips(language, names)
	if err != nil {
		return fmt.Errorf("announce to call %s: %w", id, err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.rooms[id]
	if r == nil || r.line(stamp.CustomerLeg) == nil || r.line(stamp.CustomerLeg).joined.IsZero() {
		return fmt.Errorf("announce to call %s: the customer is not in the sound: %w", id, ErrNoLeg)
	}
	for _, p := range r.parties() {
		tag := announcement
		if p.leg == stamp.CustomerLeg {
			tag = strconv.Itoa(play)
		}
		p.announcing = tag
		p.end.Play(tag, media.Once(clips...))
	}
	return nil
}

// announcement tags what agents hear of an announcement: nobody waits for its end.
const announcement = "announcement"

// clips are the prompts with these names.
func (x *Exchange) clips(language string, names []string) ([]*media.Clip, error) {
	clips := make([]*media.Clip, len(names))
	for i, name := range names {
		clip, err := x.library.Prompt(language, name)
		if err != nil {
			return nil, err
		}
		clips[i] = clip
	}
	return clips, nil
}
