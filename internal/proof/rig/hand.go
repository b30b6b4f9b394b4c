package rig

import (
	"time"

	"github.com/callstamp/callstamp/internal/phonenet"
	"github.com/callstamp/callstamp/internal/robot"
)

// DialByHand lets a seated robot dial a customer by hand: typed is what it types,
// s.Number how the network knows the customer. It returns what the server says
// against it, nil for nothing.
func (h *House) DialByHand(login, typed string, s phonenet.Script, agent robot.Plan) error {
	h.t.Helper()
	h.announce(&planned{fate: "dialed by hand", out: true, number: s.Number, script: s, agent: agent})
	return h.ask(login, typed)
}

// Expects says what an agent does with the call of a customer who is no
// telephone of the house's network.
func (h *House) Expects(number string, agent robot.Plan) {
	h.desks.add(&planned{fate: "another's telephone", number: number, agent: agent})
}

// Refused lets a seated robot dial what nobody will answer, and returns what the
// server says against it.
func (h *House) Refused(login, typed string) error {
	h.t.Helper()
	return h.ask(login, typed)
}

func (h *House) ask(login, typed string) error {
	h.t.Helper()
	answer := make(chan error, 1)
	select {
	case h.robots.hands[login] <- robot.HandDial{Number: typed, Answer: answer}:
	case <-time.After(Patience):
		h.t.Fatalf("%s does not listen", login)
	}
	select {
	case err := <-answer:
		return err
	case <-time.After(Patience):
		h.t.Fatalf("%s gets no answer", login)
		return nil
	}
}
