package sip

import (
	"regexp"
	"strconv"

	"github.com/callstamp/callstamp/kpi/stamp"
)

// reasons are the phrases of the final responses that we send (RFC 3261 §21).
var reasons = map[int]string{
	400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout",
	415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension", 421: "Extension Required", 422: "Session Interval Too Small",
	480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 482: "Loop Detected", 484: "Address Incomplete",
	486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending",
	500: "Server Internal Error", 501: "Not Implemented", 503: "Service Unavailable", 504: "Server Time-out", 505: "Version Not Supported",
	513: "Message Too Large", 600: "Busy Everywhere", 603: "Decline",
}

func reason(code int) string {
	if r, ok := reasons[code]; ok {
		return r
	}
	return "Refused"
}

// finalCode is what refuses an INVITE; whatever is not a final refusal becomes 480.
func finalCode(code int) int {
	if code < 300 || code > 699 {
		return 480
	}
	return code
}

// rejectedBy says who refused our INVITE. The codes are those that only the person called or their telephone gives.
func rejectedBy(code int) stamp.Actor {
	switch code {
	case 480, 486, 600, 603, 607:
		return stamp.Customer
	}
	return stamp.Network
}

// words names what ended a leg, in a closed set; a peer's own phrase never goes into a stamp.
var words = map[int]string{
	401: "unauthorized", 403: "forbidden", 404: "not_found", 407: "unauthorized", 408: "timeout", 410: "gone",
	480: "unavailable", 481: "no_dialog", 484: "incomplete", 486: "busy", 487: "cancelled", 488: "no_codec",
	500: "server_error", 502: "server_error", 503: "unavailable", 504: "timeout", 600: "busy", 603: "declined",
	607: "unwanted",
}

func sipCause(code int) stamp.Cause { return stamp.Cause{Proto: "sip", Code: code, Text: words[code]} }

var reasonHeader = regexp.MustCompile(`(?i)^\s*(SIP|Q\.850)\s*;.*?\bcause\s*=\s*"?(\d{1,3})\b`)

// reasonCause reads a Reason header (RFC 3326) of a BYE or CANCEL; without one the cause is fallback.
func reasonCause(values []string, fallback stamp.Cause) stamp.Cause {
	for _, value := range values {
		m := reasonHeader.FindStringSubmatch(value)
		if m == nil {
			continue
		}
		code, _ := strconv.Atoi(m[2]) // three digits at most
		if len(m[1]) == len("SIP") {
			return sipCause(code)
		}
		return stamp.Cause{Proto: "q850", Code: code}
	}
	return fallback
}
