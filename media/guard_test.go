package media

import (
	"testing"
)

func record(kind, epoch byte, content string) string {
	return string([]byte{kind, 0xFE, 0xFD, 0, epoch, 0, 0, 0, 0, 0, 0, 0, byte(len(content))}) + content
}

func TestDropAlerts(t *testing.T) {
	hello, sealed := record(22, 0, "hello"), record(23, 1, "sealed")
	for name, c := range map[string]struct{ in, want string }{
		"plain alert":              {record(21, 0, "\x01\x00"), ""},
		"sealed alert":             {record(21, 1, "xxxxxxxx"), record(21, 1, "xxxxxxxx")},
		"handshake":                {hello, hello},
		"alert behind a handshake": {hello + record(21, 0, "\x02\x28"), hello},
		"alert before":             {record(21, 0, "\x02\x28") + sealed, sealed},
		"two alerts":               {record(21, 0, "\x02\x28") + record(21, 0, "\x01\x00"), ""},
		"cut alert":                {"\x15\xfe\xfd", ""},
		"cut handshake":            {"\x16\xfe", "\x16\xfe"},
		"alert longer than it is":  {record(21, 0, "\x01\x00")[:14], ""},
		"RTP":                      {"\x80\x00\x15", "\x80\x00\x15"},
		"STUN":                     {"\x00\x01\x00\x00", "\x00\x01\x00\x00"},
		"nothing":                  {"", ""},
	} {
		b := []byte(c.in)
		if got := string(b[:dropAlerts(b)]); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func FuzzDropAlerts(f *testing.F) {
	f.Add([]byte(record(22, 0, "a") + record(21, 0, "b")))
	f.Fuzz(func(t *testing.T, b []byte) {
		n := dropAlerts(b)
		if n > len(b) {
			t.Fatal("grew")
		}
		if again := dropAlerts(b[:n]); again != n {
			t.Errorf("%d bytes left, then %d", n, again)
		}
	})
}
