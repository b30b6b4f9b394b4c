package kpi

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write docs/kpi.md and docs/complaints.md anew")

func TestPageIsFresh(t *testing.T) {
	path := filepath.Join("..", "docs", "kpi.md")
	if *rewrite {
		if err := os.WriteFile(path, Page(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, Page()) {
		t.Error("docs/kpi.md is stale: run go test ./kpi -run Page -rewrite and read the difference")
	}
}
