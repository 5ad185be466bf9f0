package document_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/trail"
)

func (o *office) version(id string) (version int64) {
	o.t.Helper()
	o.must(func(tx *store.Tx) error {
		d, err := document.Get(tx, county, id)
		version = d.Version
		return err
	})
	return version
}

func TestTake_Refusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		d := o.make(act(clerk(7), "make", document.NewID(), 0))
		village := act(person(9, 9, villagePath, identity.Clerk), "do-M", d.ID, 1)
		nowhere := act(clerk(7), "do-M", d.ID, 1)
		nowhere.Path = ""
		other := act(clerk(7), "do-M", d.ID, 1)
		other.Kind = &document.Kind{Name: "voucher", Title: "凭证", Steps: matter.Steps, States: matter.States}
		for _, c := range []struct {
			what, code string
			a          document.Act
		}{
			{"no role", "role-missing", act(person(8, 8, townPath, identity.Accountant), "do-M", d.ID, 1)},
			{"the role elsewhere", "role-missing", act(person(8, 8, neighbour, identity.Clerk), "do-M", d.ID, 1)},
			{"the role below only", "role-missing", village},
			{"a document of no unit", "role-missing", nowhere},
			{"an old version", "document-stale", act(clerk(7), "do-M", d.ID, 0)},
			{"a version to come", "document-stale", act(clerk(7), "do-M", d.ID, 2)},
			{"no such document", "document-unknown", act(clerk(7), "do-M", document.NewID(), 1)},
			{"another kind", "document-unknown", other},
			{"no reason", "reason-missing", act(clerk(7), "return", d.ID, 1)},
			{"no attachment", "attachment-missing", act(clerk(7), "prove", d.ID, 1)},
		} {
			if _, err := o.take(c.a); !fault.HasCode(err, c.code) {
				t.Errorf("%s: want %s, got %v", c.what, c.code, err)
			}
		}
		blank := act(clerk(7), "return", d.ID, 1)
		blank.Reason = " \u3000\t"
		if _, err := o.take(blank); !fault.HasCode(err, "reason-missing") {
			t.Errorf("a reason of blanks: %v", err)
		}
		for reason, code := range map[string]string{
			strings.Repeat("长", 501): "reason-too-long", "附件\u202e不全": "text-hidden-character", "附件\n不全": "text-hidden-character",
		} {
			odd := act(clerk(7), "return", d.ID, 1)
			odd.Reason = reason
			if _, err := o.take(odd); !fault.HasCode(err, code) {
				t.Errorf("reason %q: want %s, got %v", reason, code, err)
			}
		}
		reason := act(clerk(7), "return", d.ID, 1)
		reason.Reason = "附件不全"
		if _, err := o.take(reason); err != nil {
			t.Errorf("with a reason: %v", err)
		}
		if _, err := o.take(act(clerk(7), "shut", d.ID, 2)); err != nil {
			t.Fatal(err)
		}
		if _, err := o.take(act(clerk(7), "do-M", d.ID, 3)); !fault.HasCode(err, "step-not-now") {
			t.Errorf("a step from a state that it does not begin in: %v", err)
		}
		if got := o.version(d.ID); got != 3 {
			t.Errorf("refused steps moved the version to %d", got)
		}
	})
}

// TestMake_SameIDTwice: the second request learns that the document is there, even where what it asks for has become
// impossible through the first.
func TestMake_SameIDTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		id := document.NewID()
		calls := 0
		send := func() error {
			return o.try(func(tx *store.Tx) error {
				_, err := document.Make(tx, act(clerk(7), "make", id, 0), func() (document.Effect, error) {
					n, err := tx.Exec(`insert into counter (county_id, name, value) values ($1, 'once', 1) on conflict do nothing`, county)
					if err == nil && n == 0 {
						err = fault.New(fault.Refused, "used-up", "已用完", "请另办")
					}
					calls++
					return document.Effect{Ref: "事-0001"}, err
				})
				return err
			})
		}
		if err := send(); err != nil {
			t.Fatal(err)
		}
		if err := send(); !document.IsTaken(err) {
			t.Errorf("the second time: %v", err)
		}
		other := act(clerk(7), "make", document.NewID(), 0)
		err := o.try(func(tx *store.Tx) error {
			_, err := document.Make(tx, other, func() (document.Effect, error) {
				return document.Effect{}, fault.New(fault.Refused, "used-up", "已用完", "请另办")
			})
			return err
		})
		if !fault.HasCode(err, "used-up") {
			t.Errorf("another document's refusal is its own: %v", err)
		}
		o.must(func(tx *store.Tx) error {
			rows, err := trail.List(tx, county, id)
			if len(rows) != 1 || calls < 1 {
				t.Errorf("%d leaves after two requests", len(rows))
			}
			return err
		})
	})
}

func TestStep_UnknownPanics(t *testing.T) {
	panics := func(what string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s: no panic", what)
			}
		}()
		f()
	}
	panics("a step that no kind declares", func() { matter.Step("burn") })
	db := storetest.One(t)
	o := newOffice(t, db)
	err := o.try(func(tx *store.Tx) error {
		_, err := document.Make(tx, act(clerk(7), "do-M", document.NewID(), 0), nil)
		return err
	})
	if err == nil || fault.As(err) != nil || !strings.Contains(err.Error(), "does not make a document") {
		t.Errorf("a step that makes no document: %v", err)
	}
	d := o.make(act(clerk(7), "make", document.NewID(), 0))
	if _, err := o.take(act(clerk(7), "burn", d.ID, 1)); err == nil || fault.As(err) != nil {
		t.Errorf("an undeclared step on a document: %v", err)
	}
}

// TestParts_KeptOnce: saving a draft forty times is one duty, and the last person to take it on stands last.
func TestParts_KeptOnce(t *testing.T) {
	db := storetest.One(t)
	o := newOffice(t, db)
	d := o.make(act(clerk(7), "make-M", document.NewID(), 0))
	for i, by := range []int64{7, 8, 7, 7} {
		var err error
		if d, err = o.take(act(clerk(by), "do-M", d.ID, int64(i+1))); err != nil {
			t.Fatal(err)
		}
	}
	want := []document.Part{{Duty: document.DutyMake, Person: 8}, {Duty: document.DutyMake, Person: 7}}
	o.must(func(tx *store.Tx) error {
		kept, err := document.Get(tx, county, d.ID)
		if !slices.Equal(kept.Parts, want) {
			t.Errorf("duties kept as %v, want %v", kept.Parts, want)
		}
		return err
	})
}

// TestLeaf_NamesTheChain reads the leaf of a linked document.
func TestLeaf_NamesTheChain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		first := o.make(act(clerk(7), "make-I", document.NewID(), 0))
		second := act(clerk(8), "make-A", document.NewID(), 0)
		second.Chain = first.ID
		o.make(second)
		third := act(clerk(9), "make-M", document.NewID(), 0)
		third.Chain, third.Reason = first.ID, "付款"
		third.Parts = []document.Part{{Duty: document.DutyCheck, Person: 10}}
		o.must(func(tx *store.Tx) error {
			_, err := document.Make(tx, third, func() (document.Effect, error) {
				return document.Effect{Ref: "事-0003", Rows: "ab12", Facts: map[string]string{"payee": "unit"}}, nil
			})
			return err
		})
		var leaf struct {
			Actors []struct {
				Duty   string
				Person int64
			}
			Chain       []string
			Commitments map[string]string
			Facts       map[string]string
			From, To    string
			Rows, Step  string
		}
		o.must(func(tx *store.Tx) error {
			rows, err := trail.List(tx, county, third.ID)
			if err != nil {
				return err
			}
			if strings.Contains(rows[0].Leaf, "付款") {
				t.Errorf("the reason stands in the leaf: %s", rows[0].Leaf)
			}
			return json.Unmarshal([]byte(rows[0].Leaf), &leaf)
		})
		others := []string{first.ID, second.ID}
		slices.Sort(others)
		if !slices.Equal(leaf.Chain, others) {
			t.Errorf("chain %v, want %v", leaf.Chain, others)
		}
		if len(leaf.Actors) != 2 || leaf.Actors[0].Person != 9 || leaf.Actors[1].Duty != "C" || leaf.Actors[1].Person != 10 {
			t.Errorf("actors %+v", leaf.Actors)
		}
		if leaf.Facts["ref"] != "事-0003" || leaf.Facts["payee"] != "unit" || leaf.Rows != "ab12" || leaf.Commitments["reason"] == "" {
			t.Errorf("leaf %+v", leaf)
		}
		if leaf.From != "" || leaf.To != "open" || leaf.Step != "make-M" {
			t.Errorf("leaf %+v", leaf)
		}
	})
}

func TestParseID(t *testing.T) {
	id := document.NewID()
	if got, err := document.ParseID(strings.ToUpper(id)); got != id || err != nil {
		t.Errorf("ParseID(%s) = %s, %v", strings.ToUpper(id), got, err)
	}
	if _, err := document.ParseID("12"); !fault.HasCode(err, "document-id") {
		t.Errorf("a number taken as an id: %v", err)
	}
}
