package sip

import "testing"

// TestAnswerDirection is RFC 3264 §6.1 row by row: offer, our wish, answer.
func TestAnswerDirection(t *testing.T) {
	for _, row := range []struct{ offer, wish, answer Direction }{
		{SendRecv, SendRecv, SendRecv}, {SendRecv, SendOnly, SendOnly}, {SendRecv, RecvOnly, RecvOnly}, {SendRecv, Inactive, Inactive},
		{SendOnly, SendRecv, RecvOnly}, {SendOnly, SendOnly, Inactive}, {SendOnly, RecvOnly, RecvOnly}, {SendOnly, Inactive, Inactive},
		{RecvOnly, SendRecv, SendOnly}, {RecvOnly, SendOnly, SendOnly}, {RecvOnly, RecvOnly, Inactive}, {RecvOnly, Inactive, Inactive},
		{Inactive, SendRecv, Inactive}, {Inactive, SendOnly, Inactive}, {Inactive, RecvOnly, Inactive}, {Inactive, Inactive, Inactive},
	} {
		if got := Answer(row.offer, row.wish); got != row.answer {
			t.Errorf("offer %v, wish %v: %v, want %v", row.offer, row.wish, got, row.answer)
		}
	}
}

// TestAnswerPromisesNothingUnheard holds for the whole table: we send only what the offerer receives and the reverse.
func TestAnswerPromisesNothingUnheard(t *testing.T) {
	for offer := SendRecv; offer <= Inactive; offer++ {
		for wish := SendRecv; wish <= Inactive; wish++ {
			a := Answer(offer, wish)
			if a.Sends() != (wish.Sends() && offer.Receives()) || a.Receives() != (wish.Receives() && offer.Sends()) {
				t.Errorf("offer %v, wish %v: %v", offer, wish, a)
			}
			if m := mutual(wish, Answer(wish, offer)); m.Sends() && !wish.Sends() || m.Receives() && !wish.Receives() {
				t.Errorf("we offered %v and do %v", wish, m)
			}
		}
	}
}

func TestOffering(t *testing.T) {
	for _, row := range []struct {
		wish Direction
		held bool
		want Direction
	}{
		{SendRecv, false, SendRecv}, {SendRecv, true, SendRecv}, {SendOnly, false, SendOnly}, {SendOnly, true, Inactive},
	} {
		if got := offering(row.wish, row.held); got != row.want {
			t.Errorf("wish %v, held %v: %v, want %v", row.wish, row.held, got, row.want)
		}
	}
}

func TestHeldAfterOurOffer(t *testing.T) {
	for _, row := range []struct {
		name        string
		before      bool
		ours, their Direction
		held        bool
	}{
		{"plain", false, SendRecv, SendRecv, false},
		{"we resume, they hold", true, SendRecv, SendOnly, true},
		{"we resume, they resumed", true, SendRecv, SendRecv, false},
		{"we hold, they only listen", false, SendOnly, RecvOnly, false},
		{"we hold, they are silent too: says nothing of theirs", false, SendOnly, Inactive, false},
		{"both hold", true, SendOnly, Inactive, true},
		{"both hold, and we said so", true, Inactive, Inactive, true},
		{"both held, they listen again", true, SendOnly, RecvOnly, false},
	} {
		if got := heldAfter(row.before, row.ours, row.their); got != row.held {
			t.Errorf("%s: %v", row.name, got)
		}
	}
}
