package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/callstamp/callstamp/api"
	"github.com/callstamp/callstamp/call/acd"
	"github.com/callstamp/callstamp/call/switchboard"
	"github.com/callstamp/callstamp/configs"
	"github.com/callstamp/callstamp/dialer"
	"github.com/callstamp/callstamp/kpi/ledger"
	"github.com/callstamp/callstamp/kpi/stamp"
	"github.com/callstamp/callstamp/media"
	"github.com/callstamp/callstamp/media/exchange"
	"github.com/callstamp/callstamp/sip"
	"github.com/callstamp/callstamp/store/postgres"
	"github.com/callstamp/callstamp/store/redis"
	"github.com/callstamp/callstamp/webclient"
)

// app is the built server: every neighbour, in the order of its building.
type app struct {
	config configs.Config
	log    *slog.Logger

	// stores
	db      *postgres.DB
	store   *postgres.Store
	live    *redis.Store
	journal *ledger.Journal
	tenure  *postgres.Tenure
	epoch   atomic.Int64
	fence   *fence
	clock   *stamp.Clock
	node    *ledger.NodeStamper
	people  *people
	truth   *ledger.Feed // to Postgres
	now     *ledger.Feed // to Redis

	// calls
	sink      sink
	lines     *lines
	pasts     *pasts
	room      *room
	engine    *media.Engine
	exchange  *exchange.Exchange
	tapes     *tapes
	floor     *acd.Floor
	desks     *api.Desks
	board     *switchboard.Switchboard
	ua        *sip.UA
	campaigns *campaigns
	callbacks *callbacks

	// web
	listener net.Listener
	pages    *api.Server
	cert     *keyPair // nil: plain http
	http     *http.Server
	wall     *liveWall

	// watching
	health   *degraded
	pulses   *pulses
	rebuild  *rebuildWatch
	books    booksWatch
	follower *redis.LiveFollower  // of now
	synced   prometheus.Histogram // how long the journal's groups take
	stamped  *stampMetrics
	tracer   *tracer // nil: no traces

	// life
	draining atomic.Bool
	waits    atomic.Bool                     // for its turn
	holder   atomic.Pointer[postgres.Holder] // whom it waits for
	began    atomic.Uint64                   // Seq at which it took the calls
	address  string                          // where other nodes reach it, "" = nowhere
	manager  *serviceManager                 // nil: nobody started us who waits for word
	failed   chan error
	loops    loops // floor, sip, http, housekeeping
	beat     loops // the node's heartbeat: the last stamp of all is its
	feeds    loops // followers: they finish the closed journal
}

// build makes everything, opens every socket, and starts nothing. Where
// something is not there, what was opened is closed again.
func build(ctx context.Context, c configs.Config, log *slog.Logger) (*app, error) {
	a := &app{config: c, log: log, failed: make(chan error, 8)}
	for _, step := range []func(context.Context) error{a.openStores, a.openJournal, a.openCalls, a.openDialer, a.openHealth, a.openWeb} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, a.close())
		}
	}
	return a, nil
}

// openStores connects to Postgres and Redis and brings the schema up.
func (a *app) openStores(ctx context.Context) (err error) {
	p := a.config.Postgres
	if a.db, err = postgres.OpenPool(ctx, p.DSN.Reveal(), int32(p.MaxConns)); err != nil { //nolint:gosec // Validate: 1000 at most
		return fmt.Errorf("postgres.dsn: %w", err)
	}
	if err := a.db.Migrate(ctx); err != nil {
		return fmt.Errorf("%w (is postgres there? see postgres.dsn)", err)
	}
	if err := a.db.MakeMonths(ctx, stamp.Wall(), monthsAhead); err != nil {
		return err
	}
	a.store = a.db.For(stamp.OrgID(a.config.Organisation.ID))
	if err := keepSeed(ctx, a.store, a.config); err != nil {
		return err
	}
	a.people = &people{store: a.store, config: a.config, log: a.log, sounds: promptLibrary{language: a.config.Organisation.Language}}
	if err := a.people.load(ctx); err != nil {
		return err
	}
	if a.live, err = redis.OpenWithin(redisURL(a.config.Redis), a.config.Redis.Timeout); err != nil {
		return fmt.Errorf("redis.addr: %w", err)
	}
	return nil
}

// monthsAhead is how many partitions are made before they are needed.
const monthsAhead = 2

func redisURL(c configs.Redis) string {
	u := url.URL{Scheme: "redis", Host: c.Addr, Path: "/" + strconv.Itoa(c.DB)}
	if strings.HasPrefix(c.Addr, "/") {
		u = url.URL{Scheme: "unix", Path: c.Addr, RawQuery: "db=" + strconv.Itoa(c.DB)}
	}
	if c.Password != "" || c.Username != "" {
		u.User = url.UserPassword(c.Username, c.Password.Reveal())
	}
	return u.String()
}

// catchUpBatch is how many stamps Postgres takes at once when it is behind. A
// call's rows are written once a batch, so fewer batches write less: 2048 stamps
// take a sixth less of its time than 512, and at 200 ms a request still keep up
// with 500 stamps a second.
const catchUpBatch = 2048

// openJournal opens the node's journal and takes its place.
func (a *app) openJournal(ctx context.Context) (err error) {
	l := a.config.Ledger
	a.synced = newSynced()
	a.journal, err = ledger.Open(a.config.Node.JournalDir(), ledger.Options{
		SyncEvery: l.FsyncEvery, SegmentBytes: int64(l.SegmentBytes), ReserveBytes: int64(l.ReserveBytes), Log: a.log,
		Synced: func(took time.Duration) { a.synced.Observe(took.Seconds()) },
	})
	if err != nil {
		return err
	}
	a.fence = newFence(a.fenceAfter(), time.Now())
	if err := a.firstTurn(ctx); err != nil {
		return err
	}
	if err := a.refuseFork(ctx); err != nil {
		return err
	}
	a.clock = stamp.NewClockBy(stamp.Wall, a.journal.Boot())
	a.node = ledger.NewNodeStamper(a.journal, a.clock)
	node := a.journal.Node()
	a.truth = ledger.NewFeed(a.journal, postgres.NewLedgerFollower(a.store, node), ledger.FeedOptions{Name: "ledger", Batch: catchUpBatch, Log: a.log})
	a.follower = redis.NewLiveFollower(a.live, a.store, node)
	a.now = ledger.NewFeed(a.journal, a.follower, ledger.FeedOptions{Name: "live", Log: a.log})
	return nil
}

// openCalls builds the heart and the edges towards telephones and browsers.
func (a *app) openCalls(context.Context) error {
	c := a.config
	var floor late[*acd.Floor]
	var board late[*switchboard.Switchboard]
	var ua late[*sip.UA]
	toll, err := newTollGuard(a.people, c.Organisation.Zone)
	if err != nil {
		return err
	}
	a.pasts = newPasts(a.people, &board, a.log)
	a.lines = &lines{config: c, people: a.people, pasts: a.pasts, fence: a.fence, ua: &ua, board: &board, guard: toll, log: a.log, calls: map[stamp.ID]stamp.ID{}}
	a.sink = sink{journal: a.journal, heed: a.people.heed}
	m, err := engineConfig(c.Media, c.Agents)
	if err != nil {
		return err
	}
	m.Log = a.log
	if a.engine, err = media.New(m); err != nil {
		return err
	}
	if a.tapes, err = newTapes(a); err != nil {
		return err
	}
	a.exchange = exchange.New(a.engine, &a.people.sounds, seats{&floor}, a.tapes)
	a.room = roomOf(a, &board)
	a.lines.room = a.room
	a.floor = acd.NewFloor(acd.Options{
		Org: a.store.Org(), Zone: zoneOf(c), Unreachable: c.Agents.UnreachableAfter, Logout: 2 * time.Minute, Safety: c.Agents.OfferSafety, Rest: 5 * time.Second,
	}, a.clock, callsOf{&board}, a.sink, screensOf{a}, a.log)
	floor.set(a.floor)
	a.lines.floor = a.floor
	a.people.follow(a.floor)
	a.desks = api.NewDesks(api.DeskDeps{
		Org: a.store.Org(), Clock: a.clock, Calls: callsOf{&board}, Floor: a.floor, Lines: a.lines, Sound: a.exchange, Directory: a.people, People: a.people,
		Reasons: a.people.auxReasons,
		Journal: a.sink, Full: a.full, Log: a.log, Version: version(),
	})
	a.node.OnStep(a.stepped)
	a.board = newBoard(a)
	board.set(a.board)
	if err := a.openSIP(&board); err != nil {
		return err
	}
	ua.set(a.ua)
	return nil
}

// openSIP binds the signalling sockets.
func (a *app) openSIP(board *late[*switchboard.Switchboard]) (err error) {
	s, err := sipConfig(a.config.SIP, a.log)
	if err != nil {
		return err
	}
	s.Guard.Conns = a.room.files.share(maxTrunkConns)
	d := &door{config: a.config, people: a.people, journal: a.journal, board: board, closed: a.shut, room: a.room, pasts: a.pasts, log: a.log}
	s.Media, s.Exchange, s.Incoming, s.Admit, s.Log = a.exchange, a.exchange, d.incoming, d.admit, a.log
	s.OnDialog = a.keepDialog
	s.RTP = rtpAddress(a.config.Media)
	s.Trunks = a.trunks()
	a.ua, err = sip.New(s)
	return err
}

// openDialer makes the campaigns; their runs begin with start.
func (a *app) openDialer(context.Context) error {
	a.callbacks = newCallbacks(a, a.lines.board)
	a.campaigns = &campaigns{
		people: a.people, log: a.log, runs: map[stamp.CampaignID]*campaignRun{},
		deps: dialer.Deps{
			Clock: a.clock, Leads: leads{a.store, a.journal.Node(), &a.epoch}, Floor: a.floor, Lines: a.lines, Sink: a.sink, Log: a.log,
		},
	}
	return nil
}

// openWeb binds the pages' socket and builds the server behind it.
func (a *app) openWeb(ctx context.Context) (err error) {
	if a.cert, err = certificate(a.config, a.log); err != nil {
		return err
	}
	a.wall = newLiveWall(wallsOf(a.live, a.store, a.journal.Node()), a.people, a.clock, a.health, a.log)
	surveys := newSurveys(a.store, a.people)
	a.pages, err = api.New(api.Deps{
		Accounts: a.people, Sessions: a.store.Sessions(), Desks: a.desks, Live: a.wall, Reports: newReports(a.store, a.people),
		Campaigns: a.campaigns, Recordings: playback{a.tapes, a.people}, Policies: playback{a.tapes, a.people}, Surveys: surveys, Asking: surveys, OptOuts: surveys, Routing: rules{a.people}.routing(), Ways: waysBook{rules{a.people}, a.ua.Trunks, a.setTrunks}.ways(), Front: rules{a.people}.front(), Park: park{a.board, a.people}, Targets: a.people, Health: health{a.pulses, a.health}, Metrics: a.metrics(),
		Assets: webclient.Files(), Origins: origins(a.config.HTTP), TLS: a.cert != nil || strings.HasPrefix(a.config.HTTP.PublicURL, "https:"),
		Zone: func(context.Context) string { return a.config.Organisation.Zone }, Version: version(), Log: a.log,
	})
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	if a.listener, err = lc.Listen(ctx, "tcp", a.config.HTTP.Listen); err != nil {
		return fmt.Errorf("http.listen: %w", err)
	}
	a.listener = spare{a.listener, a.room.files}
	if a.cert != nil {
		a.listener = tls.NewListener(a.listener, a.cert.config())
	}
	a.http = &http.Server{
		Handler: a.gate(a.pages.Handler()), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	return nil
}

// origins are those whose pages may open a WebSocket besides the one that the
// request names: behind a proxy that may be another host than people type.
func origins(c configs.HTTP) []string {
	if c.PublicURL == "" {
		return c.AllowedOrigins
	}
	return append([]string{c.PublicURL}, c.AllowedOrigins...)
}

// url is where the pages are.
func (a *app) url() string {
	if a.config.HTTP.PublicURL != "" {
		return a.config.HTTP.PublicURL
	}
	scheme := "http"
	if a.cert != nil {
		scheme = "https"
	}
	return scheme + "://" + a.listener.Addr().String()
}

// loops are the goroutines of the server; they end with stop.
type loops struct {
	once sync.Once
	ctx  context.Context //nolint:containedctx // the server's life
	end  context.CancelFunc
	wg   sync.WaitGroup
}

func (l *loops) context() context.Context {
	l.once.Do(func() { l.ctx, l.end = context.WithCancel(context.Background()) })
	return l.ctx
}

// run starts a loop that returns when the server's life ends.
func (l *loops) run(do func(ctx context.Context)) {
	ctx := l.context()
	l.wg.Go(func() { do(ctx) })
}

// stop ends all loops and waits for them.
func (l *loops) stop() {
	l.context()
	l.end()
	l.wg.Wait()
}
