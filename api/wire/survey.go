package wire

// Survey is a dialogue after the agent's part of a call. Durations are µs; what
// is left out of a question is what is usual for its type.
type Survey struct {
	ID        string           `json:"id,omitempty" doc:"small letters, digits and -; of a change, as in the address"`
	Name      string           `json:"name" maxLength:"100"`
	Languages []string         `json:"languages" required:"false" doc:"in which all its prompts exist; others hear the first"`
	Opening   *SurveyOpening   `json:"opening,omitempty" doc:"asks whether the customer may be asked: 1 yes, 2 no"`
	Questions []SurveyQuestion `json:"questions"`
	Thanks    string           `json:"thanks,omitempty" doc:"prompt at the end"`
}

// SurveyOpening asks for permission.
type SurveyOpening struct {
	Ask      string `json:"ask,omitempty" doc:"prompt"`
	Again    string `json:"again,omitempty" doc:"prompt after a key that is no answer"`
	WaitUS   int64  `json:"wait_us,omitempty" doc:"for a key; 0 = as the server is configured"`
	Attempts int    `json:"attempts,omitempty" doc:"how often it is asked at most; 0 = as the server is configured"`
}

// SurveyQuestion is answered by keys.
type SurveyQuestion struct {
	ID       string       `json:"id" doc:"under which its answers are kept"`
	Type     string       `json:"type,omitempty" doc:"csat, nps, resolved, expectation, attitude, professionalism, problem_solving, effort or voice (in the customer's own words, recorded; of voice only ask and wait_us are used, how long it may last)"`
	Ask      string       `json:"ask,omitempty" doc:"prompt"`
	Again    string       `json:"again,omitempty" doc:"prompt after a key that is no answer"`
	Low      int          `json:"low,omitempty" doc:"lowest value"`
	High     int          `json:"high,omitempty" doc:"highest value; above 9 it is answered with two keys, or one and #"`
	WaitUS   int64        `json:"wait_us,omitempty" doc:"for a key; 0 = as the server is configured"`
	Attempts int          `json:"attempts,omitempty" doc:"how often it is asked at most; 0 = as the server is configured"`
	About    string       `json:"about,omitempty" doc:"first: the first agent of the call; call: the whole call; else the last agent"`
	Good     *SurveyRange `json:"good,omitempty" doc:"values that count as good; of nps: promoters"`
	Neutral  *SurveyRange `json:"neutral,omitempty" doc:"values that count as neither; of nps: passives"`
	Bands    *SurveyBands `json:"bands,omitempty" doc:"of its score"`
	Next     []SurveyJump `json:"next,omitempty" doc:"by the answer; without one the next question follows"`
}

// SurveyRange are the values from Low to High.
type SurveyRange struct {
	Low  int `json:"low"`
	High int `json:"high"`
}

// SurveyJump leads from an answer to a later question, or to the end.
type SurveyJump struct {
	Low  int    `json:"low"`
	High int    `json:"high"`
	To   string `json:"to" doc:"a question's id, or end"`
}

// SurveyBands divide scores: below Below is bad, above Above is good, between
// them, the limits included, is acceptable.
type SurveyBands struct {
	Below float64 `json:"below"`
	Above float64 `json:"above"`
}

// SurveyRule says who of a queue's or a campaign's customers is asked what.
type SurveyRule struct {
	Of          string `json:"of,omitempty" enum:"queue,campaign"`
	ID          string `json:"id,omitempty" doc:"of the queue or campaign"`
	Survey      string `json:"survey"`
	Active      bool   `json:"active" doc:"false: nobody is asked"`
	Share       int    `json:"share" minimum:"0" maximum:"100" doc:"percent of the calls, chosen by the call's id"`
	SpacingDays int    `json:"spacing_days,omitempty" minimum:"0" maximum:"3650" doc:"days between two surveys of one customer, at least; 90 to 180 is usual"`
	NewDays     int    `json:"new_days,omitempty" minimum:"0" maximum:"3650" doc:"who called first fewer days ago is not asked"`
	NewCalls    int    `json:"new_calls,omitempty" minimum:"0" maximum:"1000" doc:"who has called fewer times before is not asked"`
}

// SurveyOptOut is a customer who does not want to be asked.
type SurveyOptOut struct {
	Number string `json:"number" required:"false" maxLength:"64"`
	Reason string `json:"reason,omitempty" maxLength:"200"`
	Added  int64  `json:"added,omitempty"` // µs
}

// SurveyChange is one entry of a survey's or rule's history.
type SurveyChange struct {
	At    int64  `json:"at"`    // µs
	Actor string `json:"actor"` // who
	Kind  string `json:"kind"`  // surveys, survey_rules
	ID    string `json:"id"`
	Old   any    `json:"old,omitempty"`
	New   any    `json:"new,omitempty"`
}

// SurveyResults are what customers said in a range.
type SurveyResults struct {
	From  int64             `json:"from"`
	To    int64             `json:"to"`
	Zone  string            `json:"zone"`
	Group string            `json:"group"`
	Total SurveyResultRow   `json:"total"`
	Rows  []SurveyResultRow `json:"rows"`
}

// SurveyResultRow is one group's surveys and questions.
type SurveyResultRow struct {
	Key       string           `json:"key"`
	Name      string           `json:"name"`
	Surveys   SurveyCount      `json:"surveys"`
	Questions []QuestionResult `json:"questions"`
}

// SurveyCount is the account of surveys: offered = responded + Σ silent + those
// that have not ended.
type SurveyCount struct {
	Suppressed map[string]int64 `json:"suppressed"` // by reason
	Offered    int64            `json:"offered"`
	Accepted   int64            `json:"accepted"` // the opening, where there is one
	Asked      int64            `json:"asked"`
	Responded  int64            `json:"responded"`
	Silent     map[string]int64 `json:"silent"` // declined, invalid, no_input, hung_up …
	Rate       SurveyShare      `json:"rate"`   // responded ÷ asked
}

// SurveyShare is a percentage of N with its interval of 95 %; null of nothing.
type SurveyShare struct {
	Value *float64 `json:"value"`
	Low   *float64 `json:"low"`
	High  *float64 `json:"high"`
	N     int64    `json:"n"`
}

// QuestionResult is the account and the score of one question.
type QuestionResult struct {
	Survey   string           `json:"survey"`
	Question string           `json:"question"`
	Type     string           `json:"type"`
	Asked    int64            `json:"asked"`
	Valid    int64            `json:"valid"`
	Silent   map[string]int64 `json:"silent"` // asked = valid + Σ silent + those that have not ended
	Good     int64            `json:"good"`
	Neutral  int64            `json:"neutral"`
	Bad      int64            `json:"bad"`
	Values   map[string]int64 `json:"values"`         // answers by value
	KPI      string           `json:"kpi,omitempty"`  // whose definition the score is
	Unit     string           `json:"unit,omitempty"` // of the score
	Score    SurveyShare      `json:"score"`
	Rate     SurveyShare      `json:"rate"`           // valid ÷ asked
	Band     string           `json:"band,omitempty"` // bad, ok, good
}
