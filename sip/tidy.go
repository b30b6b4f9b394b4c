package sip

import (
	"bytes"
	"strings"
)

// The grammar allows white space around "/", ";", "=" and "," of a header, and lines folded anywhere between (RFC 3261
// §25.1: SLASH, SEMI, EQUAL, COMMA; RFC 4475 §3.1.1.1 makes use of all of it). The parser behind the gate takes it for a
// part of a name: a tag would be no tag, a branch no branch. So the headers that transactions and dialogs are known by
// are written plainly before it sees them. Few senders need it; nothing is copied for the rest.

// spaced are the headers that the parser must read the parameters of, with their compact forms.
var spaced = map[string]bool{"via": true, "v": true, "from": true, "f": true, "to": true, "t": true, "contact": true, "m": true,
	"route": true, "record-route": true}

// tidy writes the message plainly into its own memory and returns what is left of it.
func tidy(data []byte) []byte {
	head, body, found := bytes.Cut(data, []byte("\r\n\r\n"))
	if !found || !untidy(head) {
		return data
	}
	var out strings.Builder
	for i, line := range unfold(string(head)) {
		if i > 0 {
			out.WriteString("\r\n")
		}
		name, value, ok := strings.Cut(line, ":")
		if name = strings.TrimRight(name, " \t"); i == 0 || !ok || !spaced[strings.ToLower(name)] {
			out.WriteString(line)
			continue
		}
		out.WriteString(name + ": " + plain(strings.TrimSpace(value)))
	}
	out.WriteString("\r\n\r\n")
	if out.Len()+len(body) > len(data) {
		return data // can't be: plain text is never longer, but for a name that was written "v:"
	}
	n := copy(data, out.String())
	return data[:n+copy(data[n:], body)]
}

// untidy looks for white space where the parser does not expect it: before a separator or at the beginning of a line.
func untidy(head []byte) bool {
	for i := 1; i < len(head); i++ {
		switch c := head[i]; {
		case c == ' ' || c == '\t':
			if head[i-1] == '\n' || head[i-1] == ';' || head[i-1] == '=' {
				return true
			}
		case c == ';' || c == '=' || c == '/' || c == ',':
			if head[i-1] == ' ' || head[i-1] == '\t' {
				return true
			}
		}
	}
	return false
}

// unfold joins lines that begin with white space to the one before (§7.3.1).
func unfold(head string) (lines []string) {
	for i, line := range strings.Split(head, "\r\n") {
		if i > 1 && line != "" && (line[0] == ' ' || line[0] == '\t') {
			lines[len(lines)-1] += " " + strings.TrimSpace(line)
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// plain drops white space around separators, outside of quotes and of addresses in brackets; of other white space one
// blank is kept.
func plain(value string) string {
	var out strings.Builder
	quoted, bracketed, blank := false, false, false
	var last byte
	for i := 0; i < len(value); i++ {
		c := value[i]
		if quoted || bracketed {
			out.WriteByte(c)
			switch {
			case quoted && c == '\\' && i+1 < len(value):
				i++
				out.WriteByte(value[i])
			case quoted && c == '"':
				quoted = false
			case bracketed && c == '>':
				bracketed = false
			}
			last = c
			continue
		}
		if c == ' ' || c == '\t' {
			blank = true
			continue
		}
		if blank && out.Len() > 0 && !separates(c) && !separates(last) {
			out.WriteByte(' ')
		}
		blank, quoted, bracketed, last = false, c == '"', c == '<', c
		out.WriteByte(c)
	}
	return out.String()
}

func separates(c byte) bool { return c == ';' || c == '=' || c == '/' || c == ',' }
