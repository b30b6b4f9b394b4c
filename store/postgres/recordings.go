package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// RecordingPolicy says which calls of a queue or campaign are recorded.
type RecordingPolicy struct {
	ID         string `db:"id"`   // queue:support, campaign:spring
	Mode       string `db:"mode"` // all, share, on_demand, off
	Share      int    `db:"share"`
	Disclosure string `db:"disclosure"` // prompt before a recording; "" = none
	KeepDays   int    `db:"keep_days"`
}

// PutRecordingPolicy creates or changes a policy.
func (s *Store) PutRecordingPolicy(ctx context.Context, actor Actor, p RecordingPolicy) error {
	return s.put(ctx, actor, "put recording policy", `
		INSERT INTO recording_policies (organisation_id, id, mode, share, disclosure, keep_days)
		VALUES (@org, @id, @mode, @share, @disclosure, @keep_days)
		ON CONFLICT (organisation_id, id) DO UPDATE SET mode = excluded.mode, share = excluded.share,
		    disclosure = excluded.disclosure, keep_days = excluded.keep_days`, p)
}

// RecordingPolicies lists all policies.
func (s *Store) RecordingPolicies(ctx context.Context) ([]RecordingPolicy, error) {
	return list[RecordingPolicy](ctx, s, "list recording policies", `
		SELECT id, mode, share, disclosure, keep_days FROM recording_policies WHERE organisation_id = $1 ORDER BY id`, s.org)
}

// Recording is one tape. Instants are µs since 1970.
type Recording struct {
	Call      stamp.ID            `db:"call"`
	No        stamp.RecordingNo   `db:"recording"`
	Node      stamp.NodeID        `db:"node"`
	Kind      stamp.RecordingKind `db:"kind"`
	Path      string              `db:"path"` // below the node's recordings folder
	BeganAt   int64               `db:"began_at"`
	LengthUS  int64               `db:"length_us"`
	Law       string              `db:"law"`
	Channels  int                 `db:"channels"`
	WAVBytes  int64               `db:"wav_bytes"`
	FileBytes int64               `db:"file_bytes"`
	Gaps      []RecordingGap      `db:"gaps"`
	WAVSum    string              `db:"wav_sha256"`
	FileSum   string              `db:"file_sha256"`
	Key       string              `db:"key_id"`
	Why       stamp.RecordingEnd  `db:"why"`
	Truncated bool                `db:"truncated"`
	State     string              `db:"state"` // stored, deleted
	DeletedAt *time.Time          `db:"deleted_at"`
	DeletedBy stamp.AgentID       `db:"deleted_by"`
}

// RecordingGap is a part that was silenced on purpose.
type RecordingGap struct {
	FromUS int64  `json:"from_us"`
	ToUS   int64  `json:"to_us"`
	Why    string `json:"why"`
}

const recordingColumns = `call, recording, node, kind, path, began_at, length_us, law, channels, wav_bytes, file_bytes, gaps,
	wav_sha256, file_sha256, key_id, why, truncated, state, deleted_at, deleted_by`

// AddRecording stores what a tape holds; doing it again changes nothing.
func (s *Store) AddRecording(ctx context.Context, r Recording) error {
	if r.Gaps == nil {
		r.Gaps = []RecordingGap{}
	}
	_, err := s.pool.Exec(ctx, `
		INSERT INTO recordings (organisation_id, call, recording, node, kind, path, began_at, length_us, law, channels, wav_bytes,
		    file_bytes, gaps, wav_sha256, file_sha256, key_id, why, truncated)
		VALUES (@org, @call, @recording, @node, @kind, @path, @began_at, @length_us, @law, @channels, @wav_bytes,
		    @file_bytes, @gaps, @wav_sha256, @file_sha256, @key_id, @why, @truncated)
		ON CONFLICT DO NOTHING`, s.named(r))
	if err != nil {
		return fmt.Errorf("add recording %d of call %s: %w", r.No, r.Call, err)
	}
	return nil
}

// Recordings lists the recordings of a call, those that are deleted too.
func (s *Store) Recordings(ctx context.Context, id stamp.ID) ([]Recording, error) {
	return list[Recording](ctx, s, "list recordings", `
		SELECT `+recordingColumns+` FROM recordings WHERE organisation_id = $1 AND call = $2 ORDER BY recording`, s.org, id)
}

// Recording reads one. ErrNotFound.
func (s *Store) Recording(ctx context.Context, id stamp.ID, no stamp.RecordingNo) (Recording, error) {
	return one[Recording](ctx, s, "read recording", `
		SELECT `+recordingColumns+` FROM recordings WHERE organisation_id = $1 AND call = $2 AND recording = $3`, s.org, id, no)
}

// StoredRecordings lists what a node's disk must hold.
func (s *Store) StoredRecordings(ctx context.Context, node stamp.NodeID) ([]Recording, error) {
	return list[Recording](ctx, s, "list stored recordings", `
		SELECT `+recordingColumns+` FROM recordings WHERE organisation_id = $1 AND node = $2 AND state = 'stored'
		ORDER BY began_at`, s.org, node)
}

// usualKeepDays is how long a recording is kept whose queue has no policy any more.
const usualKeepDays = 90

// OverdueRecordings lists what a node has kept for longer than the policy of its
// call's queue or campaign says, the oldest first. The policy is today's: who
// shortens it, shortens it for what is there.
func (s *Store) OverdueRecordings(ctx context.Context, node stamp.NodeID, now time.Time, limit int) ([]Recording, error) {
	return list[Recording](ctx, s, "list overdue recordings", `
		SELECT `+recordingColumns+` FROM recordings r
		WHERE organisation_id = $1 AND node = $2 AND state = 'stored' AND began_at < $3 - 86400000000::bigint * coalesce(
		    (SELECT p.keep_days FROM records.calls c JOIN recording_policies p ON p.organisation_id = c.organisation_id
		         AND p.id IN ('queue:' || c.queue, 'campaign:' || c.campaign)
		     WHERE c.organisation_id = r.organisation_id AND c.call = r.call ORDER BY p.id LIMIT 1), $4)
		ORDER BY began_at LIMIT $5`, s.org, node, now.UnixMicro(), usualKeepDays, limit)
}

// DeleteRecording says that a file is gone; by "" for one whose time was over.
// ErrNotFound: there is none, or it is gone already.
func (s *Store) DeleteRecording(ctx context.Context, id stamp.ID, no stamp.RecordingNo, by stamp.AgentID) error {
	return s.in(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `
			UPDATE recordings SET state = 'deleted', deleted_at = clock_timestamp(), deleted_by = $4
			WHERE organisation_id = $1 AND call = $2 AND recording = $3 AND state = 'stored'`, s.org, id, no, by)
		if err != nil {
			return fmt.Errorf("delete recording: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("delete recording %d of call %s: %w", no, id, ErrNotFound)
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO recording_access (organisation_id, call, recording, user_id, what) VALUES ($1, $2, $3, $4, 'deleted')`, s.org, id, no, by)
		return err
	})
}

// Access is one entry of the log of who heard what.
type Access struct {
	At   time.Time     `db:"at"`
	User stamp.AgentID `db:"user_id"`
	What string        `db:"what"` // played, deleted
	From int64         `db:"from_byte"`
	To   int64         `db:"to_byte"`
}

// LogAccess notes what somebody is given, BEFORE it is given.
func (s *Store) LogAccess(ctx context.Context, id stamp.ID, no stamp.RecordingNo, a Access) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO recording_access (organisation_id, call, recording, user_id, what, from_byte, to_byte)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, s.org, id, no, a.User, a.What, a.From, a.To)
	if err != nil {
		return fmt.Errorf("log access to recording: %w", err)
	}
	return nil
}

// AccessLog lists who was given what of a recording, the latest first.
func (s *Store) AccessLog(ctx context.Context, id stamp.ID, no stamp.RecordingNo, limit int) ([]Access, error) {
	return list[Access](ctx, s, "list accesses", `
		SELECT at, user_id, what, from_byte, to_byte FROM recording_access
		WHERE organisation_id = $1 AND call = $2 AND recording = $3 ORDER BY id DESC LIMIT $4`, s.org, id, no, limit)
}
