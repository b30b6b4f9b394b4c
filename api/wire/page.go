package wire

// Login asks for a session (POST /api/login). The answer sets the session's
// cookie, HttpOnly and SameSite=Strict. Each request that changes something
// carries the header "X-Callstamp: 1", which a foreign page cannot send.
type Login struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// Session is who is logged in (POST /api/login, GET /api/me).
type Session struct {
	User Agent `json:"user"`
}

// Ready is the answer to GET /readyz for who accepts JSON.
type Ready struct {
	Ready    bool       `json:"ready"`
	Degraded []Degraded `json:"degraded"`
}

// Campaign is one line of the list (GET /api/campaigns). It is started and
// stopped by POST /api/campaigns/{id}/start and …/stop, which answer with it.
type Campaign struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Mode  string `json:"mode"`  // manual, preview, progressive, ratio, predictive
	State string `json:"state"` // running, stopped, drained
	Leads int64  `json:"leads"` // on its lists
	Left  int64  `json:"left"`  // of them still to be dialed
	Queue *Named `json:"queue,omitempty"`
}
