// Package webclient holds the browser's side: the agent's desk, the live page
// and the KPI pages, built by Vite into dist and embedded here.
//
// A checkout on which Node never ran still compiles: dist then holds a
// placeholder page only, and Built reports false.
package webclient

import (
	"embed"
	"errors"
	"io/fs"
)

//go:embed all:dist
var embedded embed.FS

// Placeholder is the page to serve in place of Index while Built is false.
const Placeholder = "placeholder.html"

// Index is the client's only page. Everything else it needs lies in assets/,
// whose names carry a hash of their content and may be cached for ever.
const Index = "index.html"

// Files returns the client's files, rooted where Index and Placeholder lie.
func Files() fs.FS {
	files, err := fs.Sub(embedded, "dist")
	if err != nil { // only an invalid path makes it fail, and this one is constant
		panic(err)
	}
	return files
}

// Built reports whether the real client is in the binary.
func Built() bool { return built(Files()) }

func built(files fs.FS) bool {
	_, err := fs.Stat(files, Index)
	return !errors.Is(err, fs.ErrNotExist)
}
