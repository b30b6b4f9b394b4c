package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media/tape"
	"github.com/callstamp/callstamp/store/postgres"
)

// playback is what people do with recordings (api.Recordings, api.RecordingPolicies).
type playback struct {
	tapes  *tapes
	people *people
}

// accessesShown bounds the log that is shown.
const accessesShown = 500

// List implements api.Recordings.
func (h playback) List(ctx context.Context, id string) ([]wire.Recording, error) {
	rows, err := h.tapes.store.Recordings(ctx, stamp.ID(id))
	if err != nil {
		return nil, err
	}
	all := []wire.Recording{}
	for _, r := range rows {
		w := wire.Recording{
			Call: string(r.Call), Recording: int(r.No), Kind: string(r.Kind), Began: r.BeganAt, LengthUS: r.LengthUS, Channels: r.Channels,
			Bytes: r.WAVBytes, Why: string(r.Why), Truncated: r.Truncated, State: r.State, WAVSum: r.WAVSum, FileSum: r.FileSum, Key: r.Key,
		}
		if r.Node != h.tapes.node {
			w.Node = string(r.Node)
		}
		for _, g := range r.Gaps {
			w.Gaps = append(w.Gaps, wire.RecordingGap(g))
		}
		if r.DeletedAt != nil {
			w.DeletedAt, w.DeletedBy = r.DeletedAt.UnixMicro(), h.user(r.DeletedBy)
		}
		all = append(all, w)
	}
	return all, nil
}

func (h playback) user(id stamp.AgentID) wire.Named {
	return wire.Named{ID: string(id), Name: h.people.now.Load().users[id].Name}
}

// find reads the row of a recording whose file is here.
func (h playback) find(ctx context.Context, id string, no int) (postgres.Recording, error) {
	r, err := h.tapes.store.Recording(ctx, stamp.ID(id), stamp.RecordingNo(no))
	name := fmt.Sprintf("%d of call %s", no, id)
	switch {
	case errors.Is(err, postgres.ErrNotFound), err == nil && r.State != "stored":
		return r, api.ErrUnknown("recording", name)
	case err != nil:
		return r, err
	case r.Node != h.tapes.node:
		return r, api.ErrNotNow("The recording stands on the disk of node %s; ask that one.", r.Node)
	}
	return r, nil
}

// Play implements api.Recordings.
func (h playback) Play(ctx context.Context, id string, no int) (api.Playback, error) {
	r, err := h.find(ctx, id, no)
	if err != nil {
		return api.Playback{}, err
	}
	f, err := tape.Open(filepath.Join(h.tapes.dir, filepath.FromSlash(r.Path)), h.tapes.keys)
	if errors.Is(err, tape.ErrKey) {
		return api.Playback{}, api.ErrNotNow("The key %s of this recording is not in node.data_dir/keys; put it back from where keys are kept.", r.Key)
	}
	if err != nil {
		return api.Playback{}, err
	}
	return api.Playback{
		ReadSeekCloser: f, Name: fmt.Sprintf("%s-%d.wav", r.Call, r.No), Made: time.UnixMicro(r.BeganAt + r.LengthUS), Sum: r.WAVSum, Size: f.Size(),
		Log: func(ctx context.Context, by api.User, from, to int64) error {
			entry := postgres.Access{User: by.ID, What: "played", From: from, To: to}
			if err := h.tapes.store.LogAccess(ctx, r.Call, r.No, entry); err != nil {
				return err
			}
			h.tapes.stamp(stamp.RecAccessed{Call: r.Call, Recording: r.No, By: by.ID, From: from, To: to})
			return nil
		},
	}, nil
}

// Delete implements api.Recordings.
func (h playback) Delete(ctx context.Context, id string, no int, by api.User) error {
	r, err := h.find(ctx, id, no)
	if err != nil {
		return err
	}
	return h.tapes.remove(ctx, r, by.ID)
}

// Accesses implements api.Recordings.
func (h playback) Accesses(ctx context.Context, id string, no int) ([]wire.RecordingAccess, error) {
	rows, err := h.tapes.store.AccessLog(ctx, stamp.ID(id), stamp.RecordingNo(no), accessesShown)
	if err != nil {
		return nil, err
	}
	all := []wire.RecordingAccess{}
	for _, a := range rows {
		all = append(all, wire.RecordingAccess{At: a.At.UnixMicro(), User: h.user(a.User), What: a.What, From: a.From, To: a.To})
	}
	return all, nil
}

// Policies implements api.RecordingPolicies.
func (h playback) Policies(ctx context.Context) ([]wire.RecordingPolicy, error) {
	rows, err := h.tapes.store.RecordingPolicies(ctx)
	if err != nil {
		return nil, err
	}
	all := []wire.RecordingPolicy{}
	for _, p := range rows {
		all = append(all, wire.RecordingPolicy{Place: p.ID, Mode: p.Mode, Share: p.Share, Disclosure: p.Disclosure, KeepDays: p.KeepDays})
	}
	return all, nil
}

// PutPolicy implements api.RecordingPolicies.
func (h playback) PutPolicy(ctx context.Context, p wire.RecordingPolicy) error {
	now := h.people.now.Load()
	kind, id, _ := strings.Cut(p.Place, ":")
	_, queue := now.queues[stamp.QueueID(id)]
	_, campaign := now.campaigns[stamp.CampaignID(id)]
	if kind == "queue" && !queue || kind == "campaign" && !campaign {
		return api.ErrUnknown(kind, id)
	}
	if p.Disclosure != "" {
		if _, err := h.people.sounds.Prompt(h.people.config.Organisation.Language, p.Disclosure); err != nil {
			return api.ErrUnknown("prompt", p.Disclosure)
		}
	}
	return h.tapes.store.PutRecordingPolicy(ctx, postgres.Actor(api.Who(ctx)), postgres.RecordingPolicy{
		ID: p.Place, Mode: p.Mode, Share: p.Share, Disclosure: p.Disclosure, KeepDays: p.KeepDays,
	})
}
