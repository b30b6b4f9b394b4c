package archtest

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

const (
	maxFile     = 400 // lines; one idea fits in 60 to 250
	maxFunction = 80  // lines; the median is ten
)

// longFiles, longFunctions and packageState ("folder.Name") are the exceptions, each with its reason. One that is no
// longer needed fails, so the lists cannot rot.
var (
	longFiles     = map[string]string{}
	longFunctions = map[string]string{}
	packageState  = map[string]string{
		"sip.tuning": "sipgo keeps timers and limits in package variables; this remembers what they were set to, once",
	}
)

func TestFilesAreShort(t *testing.T) {
	needed := map[string]bool{}
	for _, file := range sources(t) {
		if file.lines <= maxFile || ast.IsGenerated(file.syntax) {
			continue
		}
		needed[file.name] = true
		if longFiles[file.name] == "" {
			t.Errorf("%s has %d lines, more than %d: is it still one idea?", file.name, file.lines, maxFile)
		}
	}
	unneeded(t, longFiles, needed)
}

func TestFunctionsAreShort(t *testing.T) {
	needed := map[string]bool{}
	for _, file := range sources(t) {
		if file.test {
			continue
		}
		for _, f := range functions(file) {
			lines := file.set.Position(f.End()).Line - file.set.Position(f.Pos()).Line + 1
			if lines <= maxFunction {
				continue
			}
			name := file.pkg + "." + f.Name.Name
			needed[name] = true
			if longFunctions[name] == "" {
				t.Errorf("%s: %s has %d lines, more than %d", file.name, f.Name.Name, lines, maxFunction)
			}
		}
	}
	unneeded(t, longFunctions, needed)
}

func unneeded(t *testing.T, allowed map[string]string, needed map[string]bool) {
	t.Helper()
	for name := range allowed {
		if !needed[name] {
			t.Errorf("%s is no exception any more: take it off the list", name)
		}
	}
}

func functions(file source) []*ast.FuncDecl {
	var all []*ast.FuncDecl
	for _, decl := range file.syntax.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			all = append(all, f)
		}
	}
	return all
}

func TestNoInit(t *testing.T) {
	for _, file := range sources(t) {
		for _, f := range functions(file) {
			if f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function: what it makes belongs to a constructor", file.name)
			}
		}
	}
}

// TestNoPackageState allows package variables that are constants in all but name: errors, tables, compiled patterns.
// State is what has no value to begin with (but for embedded files and -ldflags, which say so), an empty map, or what
// some function of the package assigns to.
func TestNoPackageState(t *testing.T) {
	needed := map[string]bool{}
	declared := map[string]map[string]token.Position{} // package → variable
	for _, file := range sources(t) {
		if file.test {
			continue
		}
		if declared[file.pkg] == nil {
			declared[file.pkg] = map[string]token.Position{}
		}
		for name, state := range packageVariables(file) {
			variable := file.pkg + "." + name.Name
			if packageState[variable] != "" {
				needed[variable] = state
				continue // and its owner may write to it
			}
			declared[file.pkg][name.Name] = file.set.Position(name.Pos())
			if state {
				t.Errorf("%s: package variable %s is state: give it an owner", file.name, name.Name)
			}
		}
	}
	for _, file := range sources(t) {
		if file.test {
			continue
		}
		for _, name := range assigned(file, declared[file.pkg]) {
			t.Errorf("%s assigns to package variable %s: give it an owner", file.name, name)
		}
	}
	unneeded(t, packageState, needed)
}

// packageVariables lists the file's package variables and whether each begins as state.
func packageVariables(file source) map[*ast.Ident]bool {
	found := map[*ast.Ident]bool{}
	for _, decl := range file.syntax.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			value := spec.(*ast.ValueSpec)
			told := directive(group.Doc) || directive(value.Doc)
			for i, name := range value.Names {
				if name.Name != "_" {
					found[name] = !told && (len(value.Values) == 0 || i < len(value.Values) && emptyMap(value.Values[i]))
				}
			}
		}
	}
	return found
}

// directive recognises a variable that the compiler or the linker fills.
func directive(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, line := range doc.List {
		if strings.HasPrefix(line.Text, "//go:embed") || strings.Contains(line.Text, "-ldflags") {
			return true
		}
	}
	return false
}

func emptyMap(value ast.Expr) bool {
	switch v := value.(type) {
	case *ast.CallExpr:
		f, ok := v.Fun.(*ast.Ident)
		return ok && f.Name == "make"
	case *ast.CompositeLit:
		_, isMap := v.Type.(*ast.MapType)
		return isMap && len(v.Elts) == 0
	}
	return false
}

// assigned lists the package variables that the file's functions write to, directly or into an element or field.
func assigned(file source, variables map[string]token.Position) []string {
	var found []string
	note := func(target ast.Expr) {
		if name := root(target); name != nil && isPackageVariable(name, file, variables) {
			found = append(found, name.Name)
		}
	}
	for _, f := range functions(file) {
		ast.Inspect(f, func(n ast.Node) bool {
			switch s := n.(type) {
			case *ast.AssignStmt:
				if s.Tok != token.DEFINE {
					for _, target := range s.Lhs {
						note(target)
					}
				}
			case *ast.IncDecStmt:
				note(s.X)
			}
			return true
		})
	}
	return found
}

// root is the x of x, x.f, x[i], *x and (x).
func root(e ast.Expr) *ast.Ident {
	switch x := e.(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return root(x.X)
	case *ast.IndexExpr:
		return root(x.X)
	case *ast.StarExpr:
		return root(x.X)
	case *ast.ParenExpr:
		return root(x.X)
	}
	return nil
}

// isPackageVariable tells the package's variable from a local one of the same name. The parser resolves names within
// a file: a local one carries its declaration, one of another file of the package carries none.
func isPackageVariable(name *ast.Ident, file source, variables map[string]token.Position) bool {
	at, known := variables[name.Name]
	if !known {
		return false
	}
	return name.Obj == nil || file.set.Position(name.Obj.Pos()) == at
}
