package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/store/postgres"
)

func TestRecordings(t *testing.T) {
	s, ctx := fresh(t), t.Context()
	p := postgres.RecordingPolicy{ID: "queue:support", Mode: "share", Share: 30, Disclosure: "call-recorded", KeepDays: 10}
	ok(t, s.PutRecordingPolicy(ctx, "minh", p))
	p.Mode = "all"
	ok(t, s.PutRecordingPolicy(ctx, "minh", p))
	if got := must(s.RecordingPolicies(ctx))(t); len(got) != 1 || got[0] != p {
		t.Errorf("policies %+v", got)
	}
	if got := must(s.History(ctx, "recording_policies", "queue:support", 9))(t); len(got) != 2 || got[0].Actor != "minh" {
		t.Errorf("history %+v", got)
	}
	r := postgres.Recording{
		Call: "019aa511-29f8-7c4e-9d35-5f0b6c1e2a44", No: 1, Node: "n1", Kind: stamp.RecordingCall, Path: "2026/11/22/x-1.tape", BeganAt: 1_000_000,
		LengthUS: 5e6, Law: "PCMA", Channels: 2, WAVBytes: 80058, FileBytes: 81000, Gaps: []postgres.RecordingGap{{FromUS: 1, ToUS: 2, Why: "paused"}},
		WAVSum: "aa", FileSum: "bb", Key: "k1", Why: stamp.RecordedAll, State: "stored",
	}
	ok(t, s.AddRecording(ctx, r))
	ok(t, s.AddRecording(ctx, r)) // a second time changes nothing
	got := must(s.Recording(ctx, r.Call, 1))(t)
	if len(got.Gaps) != 1 || got.Path != r.Path || got.Key != "k1" || got.DeletedAt != nil {
		t.Errorf("%+v", got)
	}
	if _, err := s.Recording(ctx, r.Call, 2); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("a recording that isn't there: %v", err)
	}
	if n := len(must(s.StoredRecordings(ctx, "n1"))(t)) - len(must(s.StoredRecordings(ctx, "n2"))(t)); n != 1 {
		t.Errorf("%d recordings", n)
	}
	day := func(n int) time.Time { return time.UnixMicro(r.BeganAt).Add(time.Duration(n) * 24 * time.Hour) }
	if n := len(must(s.OverdueRecordings(ctx, "n1", day(89), 9))(t)); n != 0 {
		t.Errorf("%d are overdue after 89 days", n)
	}
	if n := len(must(s.OverdueRecordings(ctx, "n1", day(91), 9))(t)); n != 1 {
		t.Errorf("%d are overdue after 91 days", n)
	}
	ok(t, s.LogAccess(ctx, r.Call, 1, postgres.Access{User: "lan", What: "played", From: 0, To: 9}))
	ok(t, s.DeleteRecording(ctx, r.Call, 1, "minh"))
	if err := s.DeleteRecording(ctx, r.Call, 1, "minh"); !errors.Is(err, postgres.ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
	log := must(s.AccessLog(ctx, r.Call, 1, 9))(t)
	if len(log) != 2 || log[0].What != "deleted" || log[0].User != "minh" || log[1].To != 9 {
		t.Errorf("log %+v", log)
	}
	if n := len(must(s.StoredRecordings(ctx, "n1"))(t)); n != 0 {
		t.Errorf("%d are stored after the last was deleted", n)
	}
}
