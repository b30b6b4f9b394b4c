package main

// cause is one way in which a node can be less than it should be: what pages,
// /readyz, metrics and docs/operations.md know by its id, which never changes.
type cause struct {
	id string
	// unready: /readyz answers 503. The node may still take calls; what it
	// needs to do all of its work is not there.
	unready bool
	// agents: their desks show it, quietly.
	agents bool
	// looks is how many looks in a row must see it before it is told: one
	// exchange that takes too long is no outage.
	looks int
	means string // and what the product does meanwhile
	do    string
}

// The ids of what can be degraded.
const (
	postgresAway   = "postgres_away"
	redisAway      = "redis_away"
	liveRebuilding = "live_rebuilding"
	followerBehind = "follower_behind" // name: ledger or live
	ledgerDiffers  = "ledger_differs"
	journalLow     = "journal_disk_low"
	journalFull    = "journal_disk_full"
	journalFailing = "journal_failing"
	trunkDown      = "trunk_down"  // name: the trunk's id
	roomShort      = "room_short"  // name: calls, ports, files or memory
	ownerStuck     = "owner_stuck" // name: floor, switchboard or journal
	callStuck      = "call_stuck"
	draining       = "draining"
	standby        = "standby"
	fenced         = "fenced"
)

// causes is the one table of them, the worst for callers first; pages show
// them in this order. docs/operations.md has a section for each, a test says.
func causes() []cause {
	return []cause{
		{
			id: ownerStuck, unready: true, looks: 1,
			means: "A part of the process that everything passes through does not answer: calls stand still.",
			do:    "systemd restarts it by its watchdog. Without one: take a goroutine dump (SIGQUIT), which ends the process, and start it again.",
		}, {
			id: journalFailing, unready: true, agents: true, looks: 1,
			means: "The journal can't be written: calls go on, nothing new is safe yet, new calls are refused.",
			do:    "Look at the disk under node.data_dir: dmesg, df, mount. The journal goes on by itself, in a new file, when writing works again.",
		}, {
			id: journalFull, unready: true, agents: true, looks: 1,
			means: "The journal's disk is full: calls in progress finish on the reserve, new calls get 503, nothing is dialed.",
			do:    "Free space under node.data_dir, other files first. Never delete journal files: they hold what the stores have not yet taken.",
		}, {
			id: draining, unready: true, agents: true, looks: 1,
			means: "The node stops: calls in progress finish, new ones get 503 with a time to come back.",
			do:    "Nothing. It ends with the last call, after drain.timeout at the latest.",
		}, {
			id: fenced, unready: true, agents: true, looks: 1,
			means: "Another node has the right to take calls, or this one can't prove that it has: calls in progress finish, new ones are refused, nothing is dialed.",
			do:    "Nothing where another node took over. Where none did: bring Postgres back, the node takes its place again.",
		}, {
			id: standby, unready: true, looks: 1,
			means: "The node waits for the other one's place: all is well, calls belong there.",
			do:    "Nothing. Check that the other node is the one you mean.",
		}, {
			id: postgresAway, unready: true, agents: true, looks: 2,
			means: "Postgres does not answer: calls go on, records wait in the journal, logins and reports fail, dialing pauses.",
			do:    "Bring Postgres back; the records follow by themselves. Watch the journal's disk meanwhile.",
		}, {
			id: journalLow, unready: true, looks: 1,
			means: "The journal's disk is nearly full: dialing has stopped, calls in are taken.",
			do:    "Free space under node.data_dir, other files first. Never delete journal files.",
		}, {
			id: trunkDown, looks: 1,
			means: "The carrier does not answer OPTIONS or refuses our registration: no calls out over it, and most likely none in.",
			do:    "Ask the carrier; check address, password and firewall. `callstamp doctor` tries the trunk from here.",
		}, {
			id: roomShort, looks: 1,
			means: "There is no room for more calls: those in progress go on, new ones get 503 with a time to come back, dialing waits.",
			do:    "calls, ports: raise calls.max and media.rtp_ports if the machine can bear it. files: LimitNOFILE. memory: the limit of the service or container.",
		}, {
			id: redisAway, unready: true, looks: 2,
			means: "Redis does not answer: live figures stand still, calls and records are not touched.",
			do:    "Bring Redis back, empty or not; the figures are made anew from Postgres and the journal.",
		}, {
			id: ledgerDiffers, looks: 1,
			means: "The live counters of the last closed quarter hour differ from what its stamps fold into; reports read the stamps.",
			do:    "Keep the journal and Redis as they are, run `callstamp check`, and report what it prints: it is a fault of the program.",
		}, {
			id: liveRebuilding, looks: 1,
			means: "The live figures are being made anew from Postgres and the journal.",
			do:    "Nothing for ten seconds. Longer: Postgres is away or slow, see there.",
		}, {
			id: followerBehind, looks: 5,
			means: "A store answers and takes the journal in more slowly than it grows, or refuses a part of it: reports or live figures are late.",
			do:    "The log's `follower failed` says why where it refuses; else look at the store's load.",
		}, {
			id: callStuck, looks: 2,
			means: "A call does not answer its owner: its agent may be held in it.",
			do:    "Report it with the log's lines of that call. A restart closes it: let calls finish by a drain.",
		},
	}
}

// causeOf returns the cause of an id. An id that the table lacks is a fault of
// the program; what is seen is told nevertheless.
func causeOf(id string) cause {
	for _, c := range causes() {
		if c.id == id {
			return c
		}
	}
	return cause{id: id, unready: true, looks: 1, means: id, do: "Report it: the table of causes lacks it."}
}
