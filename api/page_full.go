package api

import "net/http"

// fullRetry is when a page that found no room should try again, s; it does so
// by itself.
const fullRetry = "2"

// full turns a page away while there is no room for it, BEFORE its connection
// is made one that stays.
func (d *Desks) full(w http.ResponseWriter) bool {
	if d.deps.Full == nil {
		return false
	}
	why := d.deps.Full()
	if why == "" {
		return false
	}
	w.Header().Set("Retry-After", fullRetry)
	http.Error(w, "no room for one more page: "+why, http.StatusServiceUnavailable)
	return true
}
