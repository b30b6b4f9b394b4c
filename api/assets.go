package api

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"strings"

	"github.com/callstamp/callstamp/webclient"
)

// assets serves the web client. Files with a hash in their name never change;
// the page itself is asked for anew each time and answered by 304.
func (s *Server) assets() http.HandlerFunc {
	files := http.FileServerFS(s.deps.Assets)
	index, tag := s.index()
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "pages are only read", http.StatusMethodNotAllowed)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
			return
		}
		path := strings.TrimPrefix(r.URL.Path, "/")
		if path != "" {
			if info, err := fs.Stat(s.deps.Assets, path); err != nil || !info.Mode().IsRegular() {
				http.NotFound(w, r)
				return
			}
			if strings.HasPrefix(path, "assets/") {
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			}
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Cache-Control", "no-cache")
		w.Header().Set("ETag", tag)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(index)
	}
}

// index is the client's page, or the placeholder of a build without Node.
func (s *Server) index() (page []byte, tag string) {
	for _, name := range []string{webclient.Index, webclient.Placeholder} {
		if b, err := fs.ReadFile(s.deps.Assets, name); err == nil {
			sum := sha256.Sum256(b)
			return b, `"` + hex.EncodeToString(sum[:8]) + `"`
		}
	}
	return []byte("The web client is not in this binary; build it with make build.\n"), `"none"`
}
