package configs

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// Languages are those that prompts, pages and KPI names exist in.
var languages = []string{"vi", "zh-Hant", "en"}

var (
	idPattern       = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	countryPattern  = regexp.MustCompile(`^[A-Z]{2}$`)
	currencyPattern = regexp.MustCompile(`^[A-Z]{3}$`)
)

// Validate reports everything that is wrong at once, joined, one sentence for each key.
func (c Config) Validate() error {
	var p problems
	c.checkOrganisation(&p)
	c.checkNode(&p)
	c.checkHTTP(&p)
	c.checkSIP(&p)
	c.checkMedia(&p)
	c.checkStores(&p)
	c.checkLedger(&p)
	c.checkTimes(&p)
	c.Seed.check(&p)
	return p.join()
}

func (c Config) checkOrganisation(p *problems) {
	o := c.Organisation
	if !idPattern.MatchString(o.ID) {
		p.add("organisation.id", "%q is part of every key in Redis and Postgres; use 1 to 64 letters, digits, - or _", o.ID)
	}
	if _, err := time.LoadLocation(o.Zone); err != nil || o.Zone == "" || o.Zone == "Local" {
		p.add("organisation.zone", "%q is no time zone, so no day could be cut; use an IANA name such as Asia/Ho_Chi_Minh", o.Zone)
	}
	p.oneOf("organisation.language", o.Language, languages...)
	if o.Country != "" && !countryPattern.MatchString(o.Country) {
		p.add("organisation.country", "%q is no country, so a number without + could not be read; use an ISO 3166 code such as VN", o.Country)
	}
	if !currencyPattern.MatchString(o.Currency) {
		p.add("organisation.currency", "%q is no currency, so no amount could be read; use an ISO 4217 code such as VND", o.Currency)
	}
}

func (c Config) checkNode(p *problems) {
	if !filepath.IsAbs(c.Node.DataDir) {
		p.add("node.data_dir", "%q depends on where the process is started, and another folder is another node; use an absolute path", c.Node.DataDir)
	}
	if u, err := url.Parse(c.Nodes.URL); c.Nodes.URL != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		p.add("nodes.url", "%q can't be asked; write the address of this node's own pages, such as http://10.0.0.7:8080", c.Nodes.URL)
	}
	if u, err := url.Parse(c.Telemetry.OTLPEndpoint); c.Telemetry.OTLPEndpoint != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		p.add("telemetry.otlp_endpoint", "%q can't be sent to; write the collector's address, such as http://127.0.0.1:4318", c.Telemetry.OTLPEndpoint)
	}
	p.oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	p.oneOf("log.format", c.Log.Format, "json", "text")
}

func (c Config) checkLedger(p *problems) {
	l := c.Ledger
	p.within(
		bound{"ledger.fsync_every", l.FsyncEvery, time.Millisecond, 100 * time.Millisecond,
			"below it the disk does nothing else, above it a call waits for its stamp to be safe"},
		bound{"ledger.keep", l.Keep, time.Hour, 8760 * time.Hour, "a store that is away needs the journal to catch up"},
	)
	for _, r := range []struct {
		key      string
		got      Bytes
		min, max Bytes
	}{{"ledger.segment_bytes", l.SegmentBytes, 1 << 20, 1 << 30}, {"ledger.reserve_bytes", l.ReserveBytes, 1 << 20, 16 << 30}} {
		if r.got < r.min || r.got > r.max {
			p.add(r.key, "%v is outside %v to %v, because a busy minute must fit and a disk must hold it; choose a value within", r.got, r.min, r.max)
		}
	}
}

// heartbeat is how often a page proves its life; the pages are built with it.
const heartbeat = 2 * time.Second

func (c Config) checkTimes(p *problems) {
	p.counts(
		count{"calls.max", c.Calls.Max, 1, 10000, "each call needs a port pair and processor time"},
		count{"survey.repeats", c.Survey.Repeats, 0, 5, "a customer who does not answer is not kept any longer"},
	)
	a := c.Agents
	p.within(
		bound{"calls.max_duration", c.Calls.MaxDuration, time.Minute, 24 * time.Hour, "it ends calls that everybody forgot"},
		bound{"calls.return_after", c.Calls.ReturnAfter, 5 * time.Second, 5 * time.Minute, "a telephone needs a few seconds to ring, and a customer hears music meanwhile"},
		bound{"calls.park_for", c.Calls.ParkFor, 5 * time.Second, time.Hour, "a customer hears music meanwhile"},
		bound{"agents.unreachable_after", a.UnreachableAfter, 2 * heartbeat, 5 * time.Minute, "a page proves its life every 2 s and one lost proof says nothing"},
		bound{"agents.silent_after", a.SilentAfter, 500 * time.Millisecond, 10 * time.Second, "a customer hears nothing meanwhile, and a network stumbles"},
		bound{"agents.reload_grace", a.ReloadGrace, 3 * time.Second, 5 * time.Minute, "a customer hears music meanwhile, and a page needs a moment to load"},
		bound{"agents.offer_safety", a.OfferSafety, 500 * time.Millisecond, 30 * time.Second, "an agent is kept reserved for so long after an offer that ended unheard"},
		bound{"survey.answer_timeout", c.Survey.AnswerTimeout, time.Second, time.Minute, "a customer has to find the keypad and is not kept for ever"},
		bound{"nodes.fence_after", c.Nodes.FenceAfter, 3 * time.Second, 5 * time.Minute, "Postgres gives the calls to another node after 3 s, and both take new ones until then"},
		bound{"drain.timeout", c.Drain.Timeout, 0, 24 * time.Hour, "a stop has to end; 0 ends calls at once"},
	)
}

// inLanguages allows "" too, where the organisation's is meant.
func inLanguages(language string) bool { return language == "" || slices.Contains(languages, language) }
