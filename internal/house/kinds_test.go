package house_test

import (
	"go/ast"
	"slices"
	"testing"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/budget"
	"xiangzhang/internal/document"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/notice"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/payee"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/unitchange"
	"xiangzhang/internal/workday"
)

// kinds are all kinds of documents.
var kinds = []*document.Kind{
	ledger.VoucherKind, ledger.CloseKind, ledger.YearKind, ledger.SuccessorKind, ledger.OpeningKind, document.WaiverKind, exchange.FileKind, budget.ImportKind, appropriation.Kind, drafting.Kind, drafting.StandardKind, payee.ChangeKind,
	payment.Kind, payment.PlanKind, payment.OrderKind,
	notice.Kind, workday.Kind, obligation.DocumentKind, obligation.EventKind, roster.ChangeKind, figure.RecordKind,
	bank.AccountKind, bank.FormatKind, agreement.FileKind, agreement.MatchKind, agreement.UndoKind, agreement.SheetKind,
	unitchange.Kind, handover.Kind, handover.DelegationKind,
}

// reasoned are the steps that take something back or refuse it: whoever does that says why.
var reasoned = []string{"return", "void", "reverse", "ask-reopen", "refuse-reopen", "propose", "refuse", "end-early", "withdraw", "waive", "stop", "ask-lift", "reveal",
	"undo", "return-up1", "return-down1", "return-up2", "return-review", "return-session", "return-resolve",
	"reject", "correct", "refund"}

// TestKinds_Declared: a declaration that names a state or a duty that nobody knows fails only when somebody takes the
// step, so it is read here.
func TestKinds_Declared(t *testing.T) {
	names := map[string]bool{}
	for _, k := range kinds {
		if k.Title == "" || names[k.Name] {
			t.Errorf("kind %q has no title, or is declared twice", k.Name)
		}
		names[k.Name] = true
		steps, reached := map[string]bool{}, map[document.State]bool{}
		for _, s := range k.Steps {
			at := k.Name + " " + s.Name
			if s.Title == "" || steps[s.Name] {
				t.Errorf("%s has no title, or is declared twice", at)
			}
			steps[s.Name], reached[s.To] = true, true
			if len(s.Roles) == 0 || slices.ContainsFunc(s.Roles, func(r identity.Role) bool { return !r.Known() }) {
				t.Errorf("%s is for roles %v", at, s.Roles)
			}
			for _, state := range append(slices.Clone(s.From), s.To) {
				if k.States[state] == "" {
					t.Errorf("%s: state %q has no title", at, state)
				}
			}
			for _, d := range append(slices.Clone(s.Apart), s.Duty) {
				if d != "" && d.Title() == "" {
					t.Errorf("%s: duty %q is not known", at, d)
				}
			}
			if s.Reason != slices.Contains(reasoned, s.Name) {
				t.Errorf("%s demands a reason: %v; the list in this file says otherwise", at, s.Reason)
			}
		}
		for state := range k.States {
			if !reached[state] {
				t.Errorf("%s: no step leads to %q", k.Name, state)
			}
		}
	}
}

// TestKinds_AllListed finds kinds that are declared and missing above.
func TestKinds_AllListed(t *testing.T) {
	declared := 0
	for _, f := range load(t).goFiles(t) {
		if !f.isTest() && under(f.path, "internal") {
			declared += f.composites("document", "Kind") + f.ownKinds()
		}
	}
	if declared != len(kinds) {
		t.Errorf("%d kinds of documents are declared, %d are listed in this file", declared, len(kinds))
	}
}

// composites counts the values pkg.name{…} that a file writes out.
func (f *goFile) composites(pkg, name string) (n int) {
	ast.Inspect(f.ast, func(node ast.Node) bool {
		if lit, ok := node.(*ast.CompositeLit); ok {
			if sel, ok := lit.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == name {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == pkg {
					n++
				}
			}
		}
		return true
	})
	return n
}

// ownKinds counts the kinds that package document declares itself.
func (f *goFile) ownKinds() (n int) {
	if f.dir != "internal/document" {
		return 0
	}
	ast.Inspect(f.ast, func(node ast.Node) bool {
		if lit, ok := node.(*ast.CompositeLit); ok {
			if x, ok := lit.Type.(*ast.Ident); ok && x.Name == "Kind" {
				n++
			}
		}
		return true
	})
	return n
}
