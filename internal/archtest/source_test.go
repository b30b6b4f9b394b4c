package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/callstamp/callstamp"

// source is one Go file of the house. Files of every platform are read, whatever machine this runs on.
type source struct {
	name    string // from the root, with slashes
	pkg     string // its folder, from the root
	test    bool
	lines   int
	syntax  *ast.File
	set     *token.FileSet
	imports []string
}

// house reads every Go file once for all tests; it is never written again.
var house = sync.OnceValues(func() ([]source, error) {
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			if name != root && foreign(entry.Name()) {
				return fs.SkipDir
			}
			return nil
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		file, err := read(root, name)
		all = append(all, file)
		return err
	})
	return all, err
})

// foreign folders hold nothing that we compile: the go tool passes over them too, but for the last two.
func foreign(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata" || name == "node_modules" || name == "bin"
}

func read(root, name string) (source, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return source{}, err
	}
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	relative, err := filepath.Rel(root, name)
	if err != nil {
		return source{}, err
	}
	relative = filepath.ToSlash(relative)
	file := source{
		name: relative, pkg: path.Dir(relative), test: strings.HasSuffix(relative, "_test.go"),
		lines: strings.Count(string(text), "\n"), syntax: syntax, set: set,
	}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		file.imports = append(file.imports, imported)
	}
	return file, nil
}

func sources(t *testing.T) []source {
	t.Helper()
	all, err := house()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d Go files were found: the root is wrong", len(all))
	}
	return all
}

// ours returns the import's path from the root, and whether it is of this module at all.
func ours(imported string) (string, bool) {
	if imported == module {
		return ".", true
	}
	return strings.CutPrefix(imported, module+"/")
}

// within says whether the path is the folder or lies below it; a folder ending in * stands for every name so begun.
func within(name, folder string) bool {
	if begun, ok := strings.CutSuffix(folder, "*"); ok {
		return strings.HasPrefix(name, begun)
	}
	return name == folder || strings.HasPrefix(name, folder+"/")
}

// longest returns the most specific of the folders that holds the path, "" for none.
func longest(name string, folders []string) string {
	best := ""
	for _, folder := range folders {
		if within(name, folder) && len(folder) > len(best) {
			best = folder
		}
	}
	return best
}
