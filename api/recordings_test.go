package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/callstamp/callstamp/api/wire"
)

// tapesHere is a call with one recording of 1000 bytes.
type tapesHere struct {
	logged  []string
	deleted []string
	policy  wire.RecordingPolicy
	broken  bool // the log can't be written
}

func tapeSound() []byte {
	b := make([]byte, 1000)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func (h *tapesHere) List(_ context.Context, id string) ([]wire.Recording, error) {
	return []wire.Recording{{Call: id, Recording: 1, State: "stored"}}, nil
}

type noClose struct{ io.ReadSeeker }

func (noClose) Close() error { return nil }

func (h *tapesHere) Play(_ context.Context, id string, no int) (Playback, error) {
	if no != 1 {
		return Playback{}, ErrUnknown("recording", fmt.Sprint(no))
	}
	return Playback{
		ReadSeekCloser: noClose{bytes.NewReader(tapeSound())}, Name: id + "-1.wav", Made: time.Unix(1795244531, 0), Sum: "abc", Size: 1000,
		Log: func(_ context.Context, by User, from, to int64) error {
			if h.broken {
				return errors.New("postgres is away")
			}
			h.logged = append(h.logged, fmt.Sprintf("%s %d-%d", by.Login, from, to))
			return nil
		},
	}, nil
}

func (h *tapesHere) Delete(_ context.Context, id string, no int, by User) error {
	h.deleted = append(h.deleted, fmt.Sprintf("%s/%d by %s", id, no, by.Login))
	return nil
}

func (h *tapesHere) Accesses(context.Context, string, int) ([]wire.RecordingAccess, error) {
	return []wire.RecordingAccess{}, nil
}

func (h *tapesHere) Policies(context.Context) ([]wire.RecordingPolicy, error) {
	return []wire.RecordingPolicy{h.policy}, nil
}

func (h *tapesHere) PutPolicy(_ context.Context, p wire.RecordingPolicy) error {
	h.policy = p
	return nil
}

const tapeAt = "/api/calls/c1/recordings/1/audio"

// A player reads the whole, or any range of it; each answer stands in the log
// before its first byte, with the bytes that it gives.
func TestPlayback(t *testing.T) {
	h := open(t, nil)
	who := h.login(RoleSupervisor)
	for _, c := range []struct {
		asked, logged string
		status        int
		want          []byte
	}{
		{"", "0-1000", http.StatusOK, tapeSound()},
		{"bytes=0-", "0-1000", http.StatusPartialContent, tapeSound()},
		{"bytes=100-199", "100-200", http.StatusPartialContent, tapeSound()[100:200]},
		{"bytes=-10", "990-1000", http.StatusPartialContent, tapeSound()[990:]},
		{"bytes=990-5000", "990-1000", http.StatusPartialContent, tapeSound()[990:]},
		{"bytes=1000-", "", http.StatusRequestedRangeNotSatisfiable, nil},
	} {
		h.tapes.logged = nil
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.http.URL+tapeAt, nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.asked != "" {
			r.Header.Set("Range", c.asked)
		}
		a := h.do(r, who)
		got, err := io.ReadAll(a.Body)
		if err != nil || a.StatusCode != c.status || c.want != nil && !bytes.Equal(got, c.want) {
			t.Errorf("%q: %s, %d bytes, %v", c.asked, a.Status, len(got), err)
		}
		var want []string
		if c.logged != "" {
			want = []string{RoleSupervisor + " " + c.logged}
			if a.Header.Get("Content-Type") != "audio/wav" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("ETag") != `"abc"` {
				t.Errorf("%q: %v", c.asked, a.Header)
			}
		}
		if !slices.Equal(h.tapes.logged, want) {
			t.Errorf("%q: logged %q, want %q", c.asked, h.tapes.logged, want)
		}
	}
}

// What can't be noted is not given, and an agent gets nothing at all.
func TestPlaybackIsRefused(t *testing.T) {
	h := open(t, nil)
	if a := h.request(http.MethodGet, tapeAt, h.login(RoleAgent), nil); h.problem(a).Code != string(codeForbidden) {
		t.Error(a.Status)
	}
	if a := h.request(http.MethodGet, "/api/calls/c1/recordings/2/audio", h.login(RoleSupervisor), nil); h.problem(a).Code != string(codeUnknown) {
		t.Error(a.Status)
	}
	if a := h.request(http.MethodGet, "/api/calls/c1/recordings/one/audio", h.login(RoleSupervisor), nil); h.problem(a).Code != string(codeUnknown) {
		t.Error(a.Status)
	}
	if len(h.tapes.logged) != 0 {
		t.Errorf("logged %q", h.tapes.logged)
	}
	h.tapes.broken = true
	a := h.request(http.MethodGet, tapeAt, h.login(RoleSupervisor), nil)
	if p := h.problem(a); p.Status != http.StatusInternalServerError {
		t.Errorf("%+v", p)
	}
}

func TestDeleteAndPolicy(t *testing.T) {
	h := open(t, nil)
	if a := h.request(http.MethodDelete, "/api/calls/c1/recordings/1", h.login(RoleManager), nil); a.StatusCode != http.StatusNoContent || !slices.Equal(h.tapes.deleted, []string{"c1/1 by manager"}) {
		t.Errorf("%s, %q", a.Status, h.tapes.deleted)
	}
	policy := wire.RecordingPolicy{Mode: "share", Share: 20, Disclosure: "call-recorded", KeepDays: 30}
	at := "/api/recording-policies/queue:support"
	if a := h.request(http.MethodPut, at, h.login(RoleManager), policy); a.StatusCode != http.StatusNoContent || h.tapes.policy.Place != "queue:support" || h.tapes.policy.Share != 20 {
		t.Errorf("%s, %+v", a.Status, h.tapes.policy)
	}
	policy.Mode = "sometimes"
	if a := h.request(http.MethodPut, at, h.login(RoleManager), policy); h.problem(a).Status < 400 {
		t.Error("recorded sometimes")
	}
}
