package kpi

import "testing"

// Who spoke is in the record of the agent's part; recording is none of the
// figures' business.
func TestVoiceIsFolded(t *testing.T) {
	h, _ := foldAll(t, readDay(t, "voice"))
	r := h.records()
	if len(r.Segments) != 1 || len(r.Calls) != 1 || !r.Calls[0].Closed {
		t.Fatalf("%d segments, %d calls", len(r.Segments), len(r.Calls))
	}
	g := r.Segments[0]
	got := [...]int64{g.VoiceUS, g.VoiceCustomerUS, g.VoiceAgentUS, g.VoiceBothUS, g.DeadUS, int64(g.DeadAirs), int64(g.Overlaps), g.FirstAudioUS, int64(g.MicSilences), g.TalkUS}
	want := [...]int64{120e6, 40e6, 50e6, 5e6, 12e6, 2, 3, 14e6, 1, 120e6}
	if got != want || g.VoiceAt != g.EndedAt {
		t.Errorf("%v, want %v; at %d, ended %d", got, want, g.VoiceAt, g.EndedAt)
	}
	for _, v := range CheckLaws(r) {
		t.Errorf("law: %+v", v)
	}
}
