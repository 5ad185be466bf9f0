package document_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// incompatible is the handbook's list, written out once more: what one person may not do on one document. Law is what
// nobody may waive.
var incompatible = []struct {
	a, b document.Duty
	law  bool
}{
	{"B", "A", true}, {"B", "I", true}, {"B", "S", true}, // 会计法 art. 25
	{"P", "C", true}, {"P", "K", true}, {"P", "B", true}, // 会计法 art. 35
	{"M", "C", true},
	{"I", "A", false}, {"I", "V", false}, {"A", "M", false}, {"A", "P", false}, {"V", "P", false}, {"P", "R", false}, {"T", "M", false},
	{"O", "I", false}, {"O", "A", false}, {"O", "V", false}, {"O", "M", false}, {"O", "C", false}, {"O", "B", false},
	{"O", "P", false}, {"O", "R", false}, {"O", "K", false}, {"O", "T", false}, {"O", "S", false},
}

func find(a, b document.Duty) (law, found bool) {
	for _, p := range incompatible {
		if p.a == a && p.b == b || p.a == b && p.b == a {
			return p.law, true
		}
	}
	return false, false
}

// TestPairs_AreTheHandbook takes every ordered pair of duties by one person: first one, then the other, on one document
// and then over two linked documents, under another login of his.
func TestPairs_AreTheHandbook(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		for _, a := range allDuties {
			for _, b := range allDuties {
				_, want := find(a, b)
				first := o.make(act(clerk(7), "make-"+string(a), document.NewID(), 0))
				again := person(7, 70, townPath, identity.Clerk)
				_, err := o.take(act(again, "do-"+string(b), first.ID, 1))
				if got := fault.HasCode(err, "duty-clash"); got != want || err != nil && !got {
					t.Errorf("%s then %s on one document: %v, to be refused: %v", a, b, err, want)
				}
				linked := act(again, "make-"+string(b), document.NewID(), 0)
				linked.Chain = first.ID
				err = o.try(func(tx *store.Tx) error { _, err := document.Make(tx, linked, nil); return err })
				if got := fault.HasCode(err, "duty-clash"); got != want || err != nil && !got {
					t.Errorf("%s, then %s on a linked document: %v, to be refused: %v", a, b, err, want)
				}
				if _, err := o.take(act(clerk(8), "do-"+string(b), first.ID, o.version(first.ID))); err != nil {
					t.Errorf("%s by one, %s by another person: %v", a, b, err)
				}
			}
		}
	})
}

func TestPairs_Law(t *testing.T) {
	for _, p := range document.Pairs() {
		law, found := find(p.A, p.B)
		if !found || law != p.Law {
			t.Errorf("pair %s %s: law %v, the handbook says %v (listed: %v)", p.A, p.B, p.Law, law, found)
		}
		if p.Source == "" || p.A.Title() == "" || p.B.Title() == "" {
			t.Errorf("pair %s %s names no rule or no duty", p.A, p.B)
		}
	}
	for _, p := range incompatible {
		got, ok := document.Incompatible(p.b, p.a)
		if !ok || got.Law != p.law {
			t.Errorf("%s and %s: incompatible %v, law %v", p.a, p.b, ok, got.Law)
		}
	}
}

// TestPairs_Sentences reads what is said to a person who did the first and wants to do the second of each pair.
func TestPairs_Sentences(t *testing.T) {
	db := storetest.One(t)
	o := newOffice(t, db)
	verbs := map[document.Duty]string{
		"I": "经办", "A": "审批", "V": "审核", "M": "制单", "C": "审核", "B": "记账", "P": "办理出纳", "R": "对账",
		"K": "保管档案", "T": "管理票据", "S": "保管财产", "O": "监督",
	}
	for _, p := range document.Pairs() {
		for _, both := range [][2]document.Duty{{p.A, p.B}, {p.B, p.A}} {
			d := o.make(act(clerk(7), "make-"+string(both[0]), document.NewID(), 0))
			_, err := o.take(act(clerk(7), "do-"+string(both[1]), d.ID, 1))
			want := "本单据由您" + verbs[both[0]] + ",按" + p.Source + "的规定,不能再由您" + verbs[both[1]] + ";请由另一人" + verbs[both[1]] + "。"
			if err == nil || err.Error() != want {
				t.Errorf("%s%s\ngot  %v\nwant %s", both[0], both[1], err, want)
			}
			t.Log(err)
		}
	}
}

// TestChain_BothWays: the first document of a chain knows the later ones, even where it was made by a step that is
// nobody's duty.
func TestChain_BothWays(t *testing.T) {
	db := storetest.One(t)
	o := newOffice(t, db)
	first := o.make(act(clerk(7), "make", document.NewID(), 0))
	second := act(clerk(8), "make-M", document.NewID(), 0)
	second.Chain = first.ID
	o.make(second)
	third := act(clerk(9), "make-T", document.NewID(), 0)
	third.Chain = first.ID
	o.make(third)
	if _, err := o.take(act(clerk(8), "do-C", first.ID, 1)); !fault.HasCode(err, "duty-clash") {
		t.Errorf("the maker of a linked document checks the first one: %v", err)
	}
	if _, err := o.take(act(clerk(9), "do-M", second.ID, 1)); !fault.HasCode(err, "duty-clash") {
		t.Errorf("the keeper of receipts of a sister document makes the voucher: %v", err)
	}
	if _, err := o.take(act(clerk(9), "do-C", first.ID, 1)); err != nil {
		t.Errorf("a person without a clash: %v", err)
	}
}

// TestParts_NamedWithTheStep: people whose duty a step stands for are held to the same rules.
func TestParts_NamedWithTheStep(t *testing.T) {
	db := storetest.One(t)
	o := newOffice(t, db)
	try := func(parts ...document.Part) error {
		a := act(clerk(7), "make-M", document.NewID(), 0)
		a.Parts = parts
		return o.try(func(tx *store.Tx) error { _, err := document.Make(tx, a, nil); return err })
	}
	if err := try(document.Part{Duty: document.DutyCheck, Person: 7}); !fault.HasCode(err, "duty-clash") {
		t.Errorf("the maker named as checker: %v", err)
	}
	if err := try(document.Part{Duty: document.DutyApprove, Person: 8}, document.Part{Duty: document.DutyPost, Person: 8}); !fault.HasCode(err, "duty-clash") {
		t.Errorf("two named duties of one person: %v", err)
	}
	if err := try(document.Part{Duty: document.DutyCheck, Person: 8}, document.Part{Duty: document.DutyPost, Person: 7}); err != nil {
		t.Errorf("maker and poster beside a checker: %v", err)
	}
}

// TestApart_NotWaivable: a second approval is another person's whatever pairs the county has waived.
func TestApart_NotWaivable(t *testing.T) {
	db := storetest.One(t)
	o := newOffice(t, db)
	d := o.make(act(clerk(7), "make-A", document.NewID(), 0))
	_, err := o.take(act(person(7, 71, townPath, identity.Clerk), "second", d.ID, 1))
	if !fault.HasCode(err, "duty-clash") || !strings.Contains(err.Error(), "审批") {
		t.Errorf("one person approves twice: %v", err)
	}
	if _, err := o.take(act(clerk(8), "second", d.ID, 1)); err != nil {
		t.Errorf("another person: %v", err)
	}
}
