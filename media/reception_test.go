package media

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestReceptionCountsLossAndJitter(t *testing.T) {
	var r reception
	start := time.Now()
	hear := func(n int, late time.Duration) {
		at := start.Add(time.Duration(n)*frameTime + late)
		r.heard(header{ssrc: 5, seq: uint16(65533 + n), ts: uint32(n) * FrameSize}, at)
	}
	for _, n := range []int{0, 1, 2, 3, 5, 4, 8, 9} { // 6 and 7 are lost, 4 and 5 change places
		hear(n, 0)
	}
	b := r.report()
	if b.lost != 2 || b.fraction != 2*256/10 || b.highest != 1<<16+6 {
		t.Errorf("report %+v", b)
	}
	hear(10, 0)
	hear(11, 0)
	if b := r.report(); b.fraction != 0 || b.lost != 2 {
		t.Errorf("second report %+v: its fraction is of the interval only", b)
	}
	before := r.jitter
	hear(12, 8*time.Millisecond)
	// RFC 3550 §6.4.1: J += (|D| − J)/16, D = 64 samples.
	if want := before + 64 - (before+8)>>4; r.jitter != want {
		t.Errorf("jitter %d, want %d (1/16 samples)", r.jitter, want)
	}
}

func TestReceptionAddsUpOverSources(t *testing.T) {
	var r reception
	at := time.Now()
	for _, h := range []header{{ssrc: 1, seq: 1}, {ssrc: 1, seq: 3}, {ssrc: 2, seq: 9000}, {ssrc: 2, seq: 9002}, {ssrc: 2, seq: 100}} {
		r.heard(h, at)
	}
	if got := r.totals(); got != (tally{due: 7, came: 5}) {
		t.Errorf("totals %+v", got)
	}
}

func TestReportSurvivesAnIntervalOfNothingButLoss(t *testing.T) {
	r := reception{ssrc: 1, base: 1 << 16, high: 1<<16 + 99, count: 1, lastCount: 1, lastDue: 1}
	if b := r.report(); b.fraction != 255 {
		t.Errorf("fraction %d, want 255 of 256", b.fraction)
	}
}

func TestReportsGiveTheRoundTrip(t *testing.T) {
	now := time.Now()
	ours, theirs := reporter{}, reporter{}
	tx, rx := newRewriter(7), reception{}
	tx.lastAt = now
	sr := ours.compound(now, &tx, &rx, 10, 1600, "us")
	wire, err := rtcp.Marshal(sr)
	if err != nil {
		t.Fatal(err)
	}
	packets, err := rtcp.Unmarshal(wire)
	if err != nil {
		t.Fatal(err)
	}
	theirs.heard(packets, 0, now.Add(30*time.Millisecond))
	heardUs := reception{}
	heardUs.heard(header{ssrc: 7}, now)
	far := newRewriter(9)
	rr := theirs.compound(now.Add(530*time.Millisecond), &far, &heardUs, 0, 0, "them")
	ours.heard(rr, 7, now.Add(580*time.Millisecond))
	if d := ours.rtt - 80*time.Millisecond; d < -time.Millisecond || d > time.Millisecond {
		t.Errorf("round trip %v, want 80ms", ours.rtt)
	}
	if _, ok := rr[0].(*rtcp.ReceiverReport); !ok || ours.farReports != 1 {
		t.Errorf("who sends nothing reports by %T; %d reports", rr[0], ours.farReports)
	}
}

func FuzzReports(f *testing.F) {
	rr, err := (&rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: 7, LastSenderReport: 9, Delay: 1 << 31}}}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(rr)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, _ := bench(t)
		s.heardRTCP(b, 7, time.Now())
		if st := s.Stats(); st.RTT < 0 || st.FarLost < 0 || st.FarLost > 1 || st.FarJitter < 0 {
			t.Errorf("%+v", st)
		}
	})
}

func TestMOSFallsWithLossAndDelay(t *testing.T) {
	good := Stats{Received: 1000}
	lossy := Stats{Received: 950, Lost: 50}
	far := Stats{Received: 1000, RTT: 800 * time.Millisecond}
	dead := Stats{Received: 100, Lost: 900}
	if m := good.MOS(); m < 4.3 || m > 4.5 {
		t.Errorf("a clean line has %.2f", m)
	}
	if m := lossy.MOS(); m < 3.4 || m > 4.0 {
		t.Errorf("5 %% of loss has %.2f", m)
	}
	if far.MOS() >= good.MOS() || dead.MOS() > 1.7 || (Stats{}).MOS() != 0 {
		t.Errorf("far %.2f dead %.2f none %.2f", far.MOS(), dead.MOS(), Stats{}.MOS())
	}
}
