package house_test

import (
	"flag"
	"go/ast"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "write the sentences that people see into testdata/faults")

const faultFiles = "testdata/faults"

// namedFaults are the refusals that must each have a reproducible case.
var namedFaults = []string{
	"voucher-unbalanced", "account-unknown", "account-not-leaf", "account-other-half", "dimension-missing", "month-closed", "month-future",
	"month-before-start", "number-taken", "number-gap", "amount-third-decimal", "amount-too-large", "sheet-encoding", "sheet-merged",
	"sheet-formula", "sheet-too-large", "document-exists", "role-missing", "book-unknown", "disk-full", "database-newer",
}

// TestFaults_SayWhatTheySay provokes every case of testdata/faults through the real code and compares the sentence that
// the person sees, to the character.
func TestFaults_SayWhatTheySay(t *testing.T) {
	root := load(t).root
	cases := faultCases(t)
	for code, provoke := range cases {
		t.Run(code, func(t *testing.T) {
			file := filepath.Join(root, faultFiles, code+".txtar")
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("every case says in a section `what` how it comes about: %v", err)
			}
			archive := txtar.Parse(data)
			what := section(archive, "what")
			if strings.TrimSpace(what) == "" {
				t.Errorf("%s.txtar: section `what` is empty", code)
			}
			got := provoke(t, code)
			if !regexp.MustCompile(`\p{Han}`).MatchString(got) || !strings.HasSuffix(got, "。") || !strings.Contains(got, ";") {
				t.Errorf("%q is not a sentence with a way out", got)
			}
			if *update {
				archive.Files = []txtar.File{{Name: "what", Data: []byte(what)}, {Name: "sentence", Data: []byte(got + "\n")}}
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := strings.TrimSuffix(section(archive, "sentence"), "\n"); got != want {
				t.Errorf("the person sees\n  %s\nthe case says\n  %s\n(go test ./internal/house -run Faults -update writes it anew)", got, want)
			}
		})
	}
	for _, code := range namedFaults {
		if cases[code] == nil {
			t.Errorf("no case provokes %s", code)
		}
	}
	tr := load(t)
	for _, p := range tr.with(faultFiles, ".txtar") {
		if code := strings.TrimSuffix(path.Base(p), ".txtar"); cases[code] == nil {
			t.Errorf("%s: nothing provokes it", p)
		}
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// A madeFault is a place that makes a fault.
type madeFault struct {
	at, code, kind string
	hint           ast.Expr
}

// TestFaults_NamedAndWithAWayOut: a code stands for one kind of refusal wherever it is made, and no refusal leaves the
// person without a way out.
func TestFaults_NamedAndWithAWayOut(t *testing.T) {
	first := map[string]madeFault{}
	cases := faultCases(t)
	without := 0
	for _, f := range load(t).goFiles(t) {
		if f.isTest() || !under(f.path, "internal") && !under(f.path, "cmd") {
			continue
		}
		for _, m := range f.faults() {
			if !regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`).MatchString(m.code) {
				t.Errorf("%s: code %q is not words joined by hyphens", m.at, m.code)
			}
			if lit, ok := m.hint.(*ast.BasicLit); ok && (lit.Value == `""` || strings.Contains(lit.Value, "。")) {
				t.Errorf("%s: %s: the hint %s is no way out, or ends with a stop", m.at, m.code, lit.Value)
			}
			before, known := first[m.code]
			switch {
			case !known:
				first[m.code] = m
				if cases[m.code] == nil {
					without++
				}
			case before.kind != m.kind && before.kind != "" && m.kind != "" && !sought(before.kind, m.kind):
				t.Errorf("%s: %s is fault.%s here and fault.%s at %s: two refusals under one code", m.at, m.code, m.kind, before.kind, before.at)
			}
		}
	}
	for _, code := range namedFaults {
		if _, made := first[code]; !made {
			t.Errorf("no code makes the fault %s", code)
		}
	}
	t.Logf("%d codes, %d of them without a case in %s", len(first), without, faultFiles)
}

// sought tells the two kinds of what is not there: Invalid where a form names it, NotFound where an address does.
func sought(a, b string) bool {
	return a == "Invalid" && b == "NotFound" || a == "NotFound" && b == "Invalid"
}

// faults finds the calls of fault.New and fault.Newf with a literal code.
func (f *goFile) faults() []madeFault {
	var found []madeFault
	ast.Inspect(f.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || len(call.Args) < 4 {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); !ok || x.Name != "fault" || !slices.Contains([]string{"New", "Newf"}, sel.Sel.Name) {
			return true
		}
		lit, ok := call.Args[1].(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return true // a fault made anew from another, or by a function that is given the code
		}
		m := madeFault{at: f.at(call.Pos()), hint: call.Args[3]}
		if sel.Sel.Name == "Newf" {
			m.hint = call.Args[2]
		}
		m.code, _ = strconv.Unquote(lit.Value)
		if kind, ok := call.Args[0].(*ast.SelectorExpr); ok {
			m.kind = kind.Sel.Name
		}
		found = append(found, m)
		return true
	})
	return found
}
