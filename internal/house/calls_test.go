package house_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A ban is a set of functions that code must not call, with the folders where they are right.
type ban struct {
	pkg     string   // import path
	names   []string // functions; one ending in * bans all that begin so
	in      []string // folders it holds in
	allowed []string // folders, or files, within those where it does not
	instead string   // the way out
}

var bans = []ban{
	{
		pkg: "time", names: []string{"Now", "Since", "Until"}, in: []string{"internal"},
		allowed: []string{"internal/store", "internal/web", "internal/bench"},
		instead: "a step reads tx.Now, fixed when it began, so that tests own time",
	},
	{
		pkg: "fmt", names: []string{"Print*"}, in: []string{"internal"},
		instead: "write to the io.Writer that the caller gives",
	},
	{
		pkg: "log", names: []string{"Fatal*", "Panic*"}, in: []string{"internal"},
		instead: "return the error; only cmd ends the program",
	},
	{
		pkg: "os", names: []string{"Exit"}, in: []string{"internal"},
		instead: "return the error; only cmd ends the program",
	},
	{
		pkg: "strconv", names: []string{"ParseFloat"}, in: []string{"internal", "cmd"}, allowed: floatsAllowed,
		instead: "amounts are parsed by money.Parse into fen; a float loses them",
	},
}

func TestCalls_Forbidden(t *testing.T) {
	for _, f := range load(t).goFiles(t) {
		if f.isTest() {
			continue
		}
		for _, b := range bans {
			if !underAny(f.path, b.in) || underAny(f.path, b.allowed) {
				continue
			}
			for _, sel := range f.uses(b.pkg) {
				if b.bans(sel.Sel.Name) && !hasReason(f, sel.Pos(), floatReason, b.pkg == "strconv") {
					t.Errorf("%s: %s.%s is not called here: %s", f.at(sel.Pos()), b.pkg, sel.Sel.Name, b.instead)
				}
			}
		}
	}
}

func (b ban) bans(name string) bool {
	return slices.ContainsFunc(b.names, func(n string) bool {
		prefix, open := strings.CutSuffix(n, "*")
		return name == n || open && strings.HasPrefix(name, prefix)
	})
}

// uses gives every selection pkg.Name, whatever the file calls the import.
func (f *goFile) uses(path string) []*ast.SelectorExpr {
	name := ""
	for _, spec := range f.ast.Imports {
		if p, _ := strconv.Unquote(spec.Path.Value); p == path {
			name = path[strings.LastIndex(path, "/")+1:]
			if spec.Name != nil {
				name = spec.Name.Name
			}
		}
	}
	if name == "" {
		return nil
	}
	var found []*ast.SelectorExpr
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == name {
				found = append(found, sel)
			}
		}
		return true
	})
	return found
}

// floatReason on a line says why a float is right there: a share, a coordinate, a rate per second.
const floatReason = "// float: "

// floatsAllowed are where floats are the matter itself: times measured for an operator, a spreadsheet file, which stores
// every number and every column width as one, and millimetres on paper, to which amounts come as text.
var floatsAllowed = []string{"internal/bench", "internal/store", "internal/sheet", "internal/paper"}

// TestFloats_NeverNearMoney: money is int64 fen, because 0.1 yuan has no float.
func TestFloats_NeverNearMoney(t *testing.T) {
	for _, f := range load(t).goFiles(t) {
		if f.isTest() || !under(f.path, "internal") || underAny(f.path, floatsAllowed) {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			what := ""
			switch n := n.(type) {
			case *ast.Ident:
				if n.Name == "float64" || n.Name == "float32" {
					what = n.Name
				}
			case *ast.BasicLit:
				if n.Kind == token.FLOAT {
					what = n.Value
				}
			}
			if what != "" && !hasReason(f, n.Pos(), floatReason, true) {
				t.Errorf("%s: %s: money is int64 fen (money.Fen); where a float is right, end the line with %q and the reason", f.at(n.Pos()), what, strings.TrimSpace(floatReason))
			}
			return true
		})
	}
}

// hasReason tells whether the line gives a reason after the mark, where reasons count at all.
func hasReason(f *goFile, pos token.Pos, mark string, counts bool) bool {
	_, reason, found := strings.Cut(f.line(pos), mark)
	return counts && found && strings.TrimSpace(reason) != ""
}

// TestTests_NeverSkip: a test that is left out in silence is one nobody misses until it would have failed.
func TestTests_NeverSkip(t *testing.T) {
	skips := []string{"Skip", "Skipf", "SkipNow"}
	testers := []string{"t", "b", "f", "tb", "rt"}
	tr := load(t)
	for _, f := range tr.goFiles(t) {
		if !f.isTest() {
			continue
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, _ := sel.X.(*ast.Ident)
			switch {
			case x != nil && slices.Contains(testers, x.Name) && slices.Contains(skips, sel.Sel.Name):
				t.Errorf("%s: %s: what a test needs is installed by make check or named by it; a fuzz target returns instead", f.at(call.Pos()), sel.Sel.Name)
			case x != nil && x.Name == "testing" && sel.Sel.Name == "Short":
				t.Errorf("%s: testing.Short: long runs are set by the variables of make soak", f.at(call.Pos()))
			}
			return true
		})
	}
	for _, p := range append(tr.with("cmd", ".txtar"), tr.with("internal", ".txtar")...) {
		for i, line := range strings.Split(tr.read(t, p), "\n") {
			if scriptSkip.MatchString(line) {
				t.Errorf("%s:%d: a command test skips: what it needs is installed by make check or named by it", p, i+1)
			}
		}
	}
}

// scriptSkip is testscript's way to leave a test out, with or without a condition.
var scriptSkip = regexp.MustCompile(`^(\[[^\]]*\]\s*)*skip\b`)
