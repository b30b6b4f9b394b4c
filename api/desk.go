package api

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/callstamp/callstamp/api/wire"
	"github.com/callstamp/callstamp/kpi/stamp"
)

// replayable is how many frames a desk keeps for a page that comes back. A page
// that has missed more gets a fresh welcome.
const replayable = 256

// remembered is how many answers to commands are kept for commands that are
// sent again after a reconnect.
const remembered = 64

// desk is one agent's screen. It outlives the page: frames are numbered here,
// and the last picture waits for the next page. A leaf: its lock is never held
// across a wait.
type desk struct {
	agent stamp.AgentID

	mu       sync.Mutex
	seq      uint64
	frames   []wire.Frame // the last replayable ones, oldest first
	tab      string       // whose commands are counted
	lastID   uint64       // the last command that was taken
	doneID   uint64       // the last that was answered; commands wait for those before them
	done     *sync.Cond   // doneID or tab is another
	answers  []wire.Frame // to the last remembered commands
	socket   *socket      // nil: no page is connected
	mirrors  []*socket    // pages that only look
	presence wire.Presence

	presences uint64    // how often presence was shown
	moved     time.Time // when the agent was sent to another node
	call      *wire.Call
	ring      *wire.Ring
	notes     map[noteKey]note
}

func newDesk(agent stamp.AgentID) *desk {
	k := &desk{agent: agent, presence: wire.Presence{State: stamp.StateOffline}}
	k.done = sync.NewCond(&k.mu)
	return k
}

type noteKey struct {
	call    string
	segment int
}

// note is the text of a segment under its opaque id.
type note struct {
	id   stamp.NoteID
	text string
}

// show changes the picture and sends one numbered frame. body is encoded after
// the change.
func (k *desk) show(typ string, body any, change func(*desk)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	change(k)
	k.sendLocked(typ, body)
}

func (k *desk) sendLocked(typ string, body any) {
	k.seq++
	f := frame(typ, body)
	f.Seq = k.seq
	k.frames = append(k.frames, f)
	if len(k.frames) > replayable {
		k.frames = k.frames[1:]
	}
	if k.socket != nil {
		k.socket.send(f)
	}
	for _, m := range k.mirrors {
		m.send(f)
	}
}

// take keeps the picture of the call that the agent is in; under the lock.
func (k *desk) take(c wire.Call, id stamp.NoteID) {
	key := noteKey{c.Call, c.Segment}
	switch {
	case c.Done:
		if k.call != nil && k.call.Call == c.Call {
			k.call = nil
		}
		delete(k.notes, key)
		return
	case id != "" && k.notes[key].id == "":
		k.keep(key, note{id: id})
	}
	k.call = &c
	if k.ring != nil && c.Segment > 0 {
		k.ring = nil
	}
}

func (k *desk) keep(key noteKey, n note) {
	if k.notes == nil {
		k.notes = map[noteKey]note{}
	}
	k.notes[key] = n
}

// shown is how often presence was drawn so far.
func (k *desk) shown() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.presences
}

// close ends the page's connection, if there is one.
func (k *desk) close(code int, why string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.socket != nil {
		k.socket.shut(code, why)
	}
	for _, m := range k.mirrors {
		m.shut(code, why)
	}
}

// await returns when the tab's commands before this one are answered: one that a
// page left at work goes first, whatever the next page brings.
func (k *desk) await(tab string, id uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.tab == tab && k.doneID+1 < id {
		k.done.Wait()
	}
}

// answer remembers and sends the answer to a command of the tab; the numbers of
// a tab that has lost its seat mean nothing any more.
func (k *desk) answer(tab string, f wire.Frame) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.tab != tab {
		return
	}
	k.doneID = max(k.doneID, f.ID)
	k.done.Broadcast()
	k.answers = append(k.answers, f)
	if len(k.answers) > remembered {
		k.answers = k.answers[1:]
	}
	if k.socket != nil {
		k.socket.send(f)
	}
}

// current returns the segment that the agent is in, for checking commands.
func (k *desk) current() (c wire.Call, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.call == nil {
		return wire.Call{}, false
	}
	return *k.call, true
}

func (k *desk) ringing(offer string) (wire.Ring, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ring == nil || k.ring.Offer != offer {
		return wire.Ring{}, false
	}
	return *k.ring, true
}

// frame encodes a body; the types of package wire can't fail to encode.
func frame(typ string, body any) wire.Frame {
	f := wire.Frame{Type: typ}
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			panic("wire type can't be encoded: " + err.Error())
		}
		f.Body = b
	}
	return f
}
