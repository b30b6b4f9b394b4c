package wire

// Recording is what was recorded of a call. Its sound is at
// /api/calls/{call}/recordings/{recording}/audio, a WAV file that can be read
// from anywhere.
type Recording struct {
	Call      string         `json:"call"`
	Recording int            `json:"recording"`
	Kind      string         `json:"kind"`  // call, voicemail, answer
	Began     int64          `json:"began"` // µs since 1970
	LengthUS  int64          `json:"length_us"`
	Channels  int            `json:"channels"` // 2: left the customer, right the agents
	Bytes     int64          `json:"bytes"`    // of the WAV file
	Gaps      []RecordingGap `json:"gaps,omitempty"`
	Why       string         `json:"why"` // it ended
	Truncated bool           `json:"truncated,omitempty"`
	State     string         `json:"state"`      // stored, deleted
	WAVSum    string         `json:"wav_sha256"` // of the WAV file
	FileSum   string         `json:"file_sha256"`
	Key       string         `json:"key"`            // under which the file is sealed
	Node      string         `json:"node,omitempty"` // whose disk holds it, if it is another one's
	DeletedAt int64          `json:"deleted_at,omitempty"`
	DeletedBy Named          `json:"deleted_by"` // empty: its time was over
}

// RecordingGap is a part that was silenced on purpose.
type RecordingGap struct {
	FromUS int64  `json:"from_us"`
	ToUS   int64  `json:"to_us"`
	Why    string `json:"why"` // paused
}

// RecordingAccess is one entry of the log of who was given what.
type RecordingAccess struct {
	At   int64  `json:"at"`
	User Named  `json:"user"`
	What string `json:"what"` // played, deleted
	From int64  `json:"from"` // bytes of the WAV file
	To   int64  `json:"to"`   // exclusive
}

// RecordingPolicy says which calls of a queue or campaign are recorded.
type RecordingPolicy struct {
	Place      string `json:"place" doc:"queue:ID or campaign:ID; a campaign without one does as its queue"`
	Mode       string `json:"mode" enum:"all,share,on_demand,off"`
	Share      int    `json:"share" minimum:"0" maximum:"100" doc:"of mode share: per cent of the calls"`
	Disclosure string `json:"disclosure" doc:"name of the prompt that both sides hear before a recording; empty: nobody is told"`
	KeepDays   int    `json:"keep_days" minimum:"1" maximum:"36500" doc:"a recording is deleted after so many days, those that are there too"`
}
