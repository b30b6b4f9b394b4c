package api

import (
	"context"
	"encoding/json"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/call"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// saveNote stores the note as a side entry of the journal under an opaque id;
// the first time, the call stamps that there is one.
func saveNote(ctx context.Context, p *page, b wire.Note) error {
	if len(b.Text) > maxNote {
		return refuse(codeTooLong, "The note has %d bytes, the longest has %d; shorten it.", len(b.Text), maxNote)
	}
	c, ok := p.desk.current()
	if !ok || c.Call != b.Call {
		return errNotYours
	}
	n, fresh := p.desk.note(noteKey{c.Call, c.Segment}, b.Text)
	data, err := json.Marshal(map[string]string{"author": string(p.who.ID), "body": b.Text})
	if err != nil {
		return err
	}
	side := stamp.Side{Kind: stamp.SideNote, Org: p.desks.deps.Org, ID: string(n.id), Data: data}
	p.desks.deps.Journal.Record(nil, []stamp.Side{side})
	if !fresh {
		return nil
	}
	return p.ask(ctx, b.Call, func(no stamp.SegmentNo) call.Input {
		return call.SaveNote{Agent: p.who.ID, Segment: no, Note: n.id}
	})
}

// note keeps the text; fresh says that it is the segment's first.
func (k *desk) note(key noteKey, text string) (n note, fresh bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n = k.notes[key]
	if fresh = n.id == ""; fresh {
		n.id = stamp.NoteID(stamp.NewID())
	}
	n.text = text
	k.keep(key, n)
	return n, fresh
}

// Recall gives a desk the text of a note that was saved before the server's
// restart: the stamps name it, and where texts are kept takes longer to ask than
// a conversation may wait. What the agent has typed since is newer.
func (d *Desks) Recall(agent stamp.AgentID, id stamp.ID, segment stamp.SegmentNo, n stamp.NoteID, text string) {
	k := d.of(agent)
	k.mu.Lock()
	defer k.mu.Unlock()
	key := noteKey{string(id), int(segment)}
	if known := k.notes[key]; known.text != "" || known.id != "" && known.id != n {
		return
	}
	k.keep(key, note{id: n, text: text})
	if k.call != nil && k.call.Call == key.call && k.call.Segment == key.segment {
		c := *k.call
		c.Note = text
		k.call = &c
		k.sendLocked(wire.TypeCall, &c)
	}
}
