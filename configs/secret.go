package configs

import (
	"net/url"
	"regexp"
	"strings"
)

const masked = "***"

// Secret is a text that no log, error or page shows by accident.
type Secret string

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String is the mask, or nothing where there is no secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// GoString is the mask, for %#v.
func (s Secret) GoString() string { return s.String() }

// MarshalText is the mask, for JSON, YAML and slog.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// DSN is the address of a database with what opens it: all but the password may be shown.
type DSN string

var dsnScheme = regexp.MustCompile(`^[A-Za-z]+://`)

var dsnPassword = regexp.MustCompile(`(?i)(\bpassword\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&]+)`)

// Reveal returns the address with its password.
func (d DSN) Reveal() string { return string(d) }

// String is the address with its password masked, in the URL's user part and as a parameter.
func (d DSN) String() string {
	text := string(d)
	if dsnScheme.MatchString(text) {
		u, err := url.Parse(text)
		if err != nil {
			return masked // a URL that cannot be read may hide its password anywhere
		}
		if _, has := u.User.Password(); has {
			user := url.User(u.User.Username()).String()
			u.User = nil
			text = strings.Replace(u.String(), "://", "://"+user+":"+masked+"@", 1)
		}
	}
	return dsnPassword.ReplaceAllString(text, "${1}"+masked)
}

// GoString is the masked address, for %#v.
func (d DSN) GoString() string { return d.String() }

// MarshalText is the masked address, for JSON, YAML and slog.
func (d DSN) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
