package ledger_test

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// sound gives a voucher that a book takes.
func (w *walk) sound(b ledger.Book, date calendar.Date, fen money.Fen) ledger.Voucher {
	if b.Chart == ledger.Village {
		return rent(b, date, fen)
	}
	return supplies(b, date, fen)
}

// voucher gives a random voucher, sometimes a broken one.
func (w *walk) voucher(b ledger.Book) (v ledger.Voucher, sound bool) {
	period := pick(w, []calendar.Period{
		w.oldest(b), w.oldest(b), w.oldest(b), w.oldest(b).Next(), "2026-10", "2026-10", "2025-12", w.closed[b.ID], "2026-11", b.Start.Prev(),
	})
	day := calendar.Date(fmt.Sprintf("%s-%02d", period, 1+w.r.IntN(28)))
	v = w.sound(b, day, money.Fen(1+w.r.Int64N(10_000_000)))
	if w.oneIn(4) {
		v = w.sound(b, day, -money.Fen(1+w.r.Int64N(1_000)))
	}
	if !w.oneIn(8) {
		return v, true
	}
	v.Lines = slices.Clone(v.Lines)
	pick(w, []func(){
		func() { v.Lines[0].Debit += 1 },
		func() { v.Lines[1].Account = "9999" },
		func() { v.Lines[0].Summary = strings.Repeat("长", 121) },
		func() { v.Lines[0].Dims.Party = "不设往来" },
		func() { v.Lines[1].Debit = 1 },
		func() { v.Lines = v.Lines[:1] },
	})()
	return v, false
}

func (w *walk) enter() (move, bool) {
	b := pick(w, w.books)
	by := w.somebody(b, makes)
	v, sound := w.voucher(b)
	d := draft(v)
	repeated := len(w.papers) > 0 && w.oneIn(15)
	if repeated {
		d.Document = pick(w, w.papers).id
	}
	return move{"enter", passesIf(makes(by, b) && !repeated && w.isOpen(b, v.Date.Period())),
		func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, by, d, 0); return err },
		func() {
			w.papers = append(w.papers, &paper{id: d.Document, book: b, state: ledger.Draft, version: 1, period: v.Date.Period(), sound: sound,
				parts: []document.Part{{Duty: document.DutyMake, Person: by.Person}}})
		}}, true
}

// somebody picks a person, mostly one who is fit for the step.
func (w *walk) somebody(b ledger.Book, fit func(identity.Actor, ledger.Book) bool) identity.Actor {
	by := pick(w, w.people)
	for i := 0; i < 6 && !fit(by, b) && !w.oneIn(4); i++ {
		by = pick(w, w.people)
	}
	return by
}

// aim picks a voucher that is probably in one of the states, a person, and the version that he saw.
func (w *walk) aim(fit func(identity.Actor, ledger.Book) bool, states ...document.State) (by identity.Actor, p *paper, version int64, ok bool) {
	from := w.in(states...)
	if len(from) == 0 || w.oneIn(12) {
		from = w.papers
	}
	if len(from) == 0 {
		return by, nil, 0, false
	}
	p = pick(w, from)
	version = p.version
	if w.oneIn(12) {
		version += pick(w, []int64{-1, 1})
	}
	return w.somebody(p.book, fit), p, version, version > 0
}

// took tells the model that a step was taken.
func (w *walk) took(p *paper, by identity.Actor, duty document.Duty, to document.State) {
	p.state, p.version = to, p.version+1
	p.parts = append(p.parts, document.Part{Duty: duty, Person: by.Person})
}

func (w *walk) wasPosted(p *paper, by identity.Actor) {
	w.took(p, by, document.DutyPost, ledger.StatePost)
	w.posted[p.book.ID]++
}

func (w *walk) edit() (move, bool) {
	by, p, version, ok := w.aim(makes, ledger.Draft, ledger.Returned)
	if !ok {
		return move{}, false
	}
	book := p.book
	if w.oneIn(10) {
		book = pick(w, w.books)
	}
	v, sound := w.voucher(book)
	d := draft(v)
	d.Document = p.id
	period := v.Date.Period()
	editable := p.state == ledger.Draft || p.state == ledger.Returned
	allowed := makes(by, p.book) && book.ID == p.book.ID && editable && version == p.version && w.isOpen(book, period) &&
		(p.number == 0 || period == p.period) && mayTake(p.parts, by, document.DutyMake)
	return move{"edit", passesIf(allowed),
		func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, by, d, version); return err },
		func() {
			w.took(p, by, document.DutyMake, ledger.Draft)
			p.period, p.sound = period, sound && p.twinOf == nil
		}}, true
}

func (w *walk) submit() (move, bool) {
	by, p, version, ok := w.aim(makes, ledger.Draft)
	if !ok {
		return move{}, false
	}
	allowed := makes(by, p.book) && p.state == ledger.Draft && version == p.version && p.sound && !w.overtaken(p) && mayTake(p.parts, by, document.DutyMake)
	var got document.Document
	return move{"submit", passesIf(allowed),
		func(tx *store.Tx) (err error) { got, err = ledger.Submit(tx, by, p.id, version); return err },
		func() {
			w.took(p, by, document.DutyMake, ledger.Submitted)
			w.takeNumber(p)
			if want := ledger.Ref(p.book.ID, p.voucherNumber()); got.Ref != want {
				w.t.Errorf("submitted as %s, want %s", got.Ref, want)
			}
		}}, true
}

func (w *walk) check() (move, bool) {
	by, p, version, ok := w.aim(checks, ledger.Submitted)
	if !ok {
		return move{}, false
	}
	allowed := checks(by, p.book) && p.state == ledger.Submitted && version == p.version && !w.overtaken(p) && mayTake(p.parts, by, document.DutyCheck)
	return move{"check", passesIf(allowed),
		func(tx *store.Tx) error { _, err := ledger.Check(tx, by, p.id, version); return err },
		func() { w.took(p, by, document.DutyCheck, ledger.Checked) }}, true
}

func (w *walk) giveBack() (move, bool) {
	by, p, version, ok := w.aim(checks, ledger.Submitted, ledger.Checked)
	if !ok {
		return move{}, false
	}
	reason := pick(w, []string{"附件不全", "附件不全", "附件不全", ""})
	allowed := checks(by, p.book) && (p.state == ledger.Submitted || p.state == ledger.Checked) && version == p.version && reason != "" &&
		mayTake(p.parts, by, document.DutyCheck)
	return move{"return", passesIf(allowed),
		func(tx *store.Tx) error { _, err := ledger.Return(tx, by, p.id, version, reason); return err },
		func() { w.took(p, by, document.DutyCheck, ledger.Returned) }}, true
}

func (w *walk) post() (move, bool) {
	by, p, version, ok := w.aim(makes, ledger.Checked)
	if !ok {
		return move{}, false
	}
	return w.postBy(by, p, version), true
}

func (w *walk) postBy(by identity.Actor, p *paper, version int64) move {
	allowed := makes(by, p.book) && p.state == ledger.Checked && version == p.version && !w.overtaken(p)
	return move{"post", passesIf(allowed),
		func(tx *store.Tx) error { _, err := ledger.Post(tx, by, p.id, version); return err },
		func() { w.wasPosted(p, by) }}
}

func (w *walk) void() (move, bool) {
	by, p, version, ok := w.aim(makes, ledger.Draft, ledger.Submitted, ledger.Returned)
	if !ok {
		return move{}, false
	}
	return w.voidBy(by, p, version, pick(w, []string{"重复录入", "重复录入", ""})), true
}

func (w *walk) voidBy(by identity.Actor, p *paper, version int64, reason string) move {
	allowed := makes(by, p.book) && p.pending() && p.state != ledger.Checked && version == p.version && reason != "" &&
		mayTake(p.parts, by, document.DutyMake)
	return move{"void", passesIf(allowed),
		func(tx *store.Tx) error { _, err := ledger.Void(tx, by, p.id, version, reason); return err },
		func() {
			w.took(p, by, document.DutyMake, ledger.Voided)
			if p.twinOf != nil {
				p.twinOf.twin = nil
			}
		}}
}

func (w *walk) reverse() (move, bool) {
	by, p, _, ok := w.aim(makes, ledger.StatePost)
	if !ok {
		return move{}, false
	}
	id := document.NewID()
	repeated := w.oneIn(12)
	if repeated {
		id = pick(w, w.papers).id
	}
	allowed := makes(by, p.book) && p.state == ledger.StatePost && p.twin == nil && !repeated && (!p.closing || p.period.Year() == 2026) && !w.past(p)
	var got document.Document
	return move{"reverse", passesIf(allowed),
		func(tx *store.Tx) (err error) {
			got, err = ledger.Reverse(tx, by, id, p.book.ID, p.voucherNumber(), "用错科目")
			return err
		},
		func() {
			twin := &paper{id: id, book: p.book, state: ledger.Submitted, version: 1, period: "2026-10", sound: true, closing: p.closing, twinOf: p,
				parts: []document.Part{{Duty: document.DutyMake, Person: by.Person}}}
			w.takeNumber(twin)
			p.twin, w.papers = twin, append(w.papers, twin)
			if want := ledger.Ref(p.book.ID, twin.voucherNumber()); got.Ref != want {
				w.t.Errorf("twin is %s, want %s", got.Ref, want)
			}
		}}, true
}

func (w *walk) postAtOnce() (move, bool) {
	b := pick(w, w.books)
	maker, checker := w.somebody(b, makes), w.somebody(b, checks)
	v, sound := w.voucher(b)
	s := series{b.ID, v.Date.Period()}
	v.Number = pick(w, []int64{0, 0, 0, w.next[s] + 1, w.next[s], w.next[s] + 2})
	p := &paper{id: document.NewID(), book: b, state: ledger.StatePost, version: 1, period: s.period, sound: true, parts: []document.Part{
		{Duty: document.DutyMake, Person: maker.Person}, {Duty: document.DutyCheck, Person: checker.Person}, {Duty: document.DutyPost, Person: maker.Person}}}
	repeated := len(w.papers) > 0 && w.oneIn(12)
	if repeated {
		p.id = pick(w, w.papers).id
	}
	allowed := makes(maker, b) && checks(checker, b) && maker.Person != checker.Person && sound && w.isOpen(b, s.period) && !repeated &&
		(v.Number == 0 || v.Number == w.next[s]+1)
	var got ledger.Number
	return move{"post-at-once", passesIf(allowed),
		func(tx *store.Tx) (err error) { got, err = ledger.PostAtOnce(tx, maker, checker, p.id, v); return err },
		func() {
			w.takeNumber(p)
			w.papers, w.posted[b.ID] = append(w.papers, p), w.posted[b.ID]+1
			if got != p.voucherNumber() {
				w.t.Errorf("posted as %s, want %s", got, p.voucherNumber())
			}
		}}, true
}

func (w *walk) setOpening() (move, bool) {
	by := w.somebody(w.village, makes)
	period := pick(w, []calendar.Period{w.village.Start, w.village.Start, "2026-01"})
	lines := []ledger.Line{{Account: "102", Debit: money.Fen(w.r.Int64N(1000))}, {Account: "30102"}}
	lines[1].Credit = lines[0].Debit
	balanced := !w.oneIn(5)
	if !balanced {
		lines[1].Credit++
	}
	set := &paper{id: document.NewID(), book: w.village, state: ledger.Submitted, version: 1}
	if w.opening != nil {
		set.parts = w.opening.parts
	}
	allowed := makes(by, w.village) && period == w.village.Start && w.posted[w.village.ID] == 0 && balanced && w.closed[w.village.ID] < w.village.Start &&
		mayTake(set.parts, by, document.DutyMake)
	return move{"set-opening", passesIf(allowed),
		func(tx *store.Tx) error {
			_, err := ledger.SetOpening(tx, by, set.id, w.village.ID, period, lines)
			return err
		}, func() {
			set.parts = append(slices.Clone(set.parts), document.Part{Duty: document.DutyMake, Person: by.Person})
			w.opening = set
		}}, true
}

// checkOpening vouches for the village's opening, or tries to.
func (w *walk) checkOpening() (move, bool) {
	o := w.opening
	if o == nil {
		return move{}, false
	}
	return w.vouchBy(w.somebody(w.village, checks), o), true
}

func (w *walk) vouchBy(by identity.Actor, o *paper) move {
	allowed := checks(by, w.village) && o.state == ledger.Submitted && mayTake(o.parts, by, document.DutyCheck)
	return move{"check-opening", passesIf(allowed),
		func(tx *store.Tx) error {
			_, err := ledger.CheckOpening(tx, by, w.village.ID, o.id, o.version)
			return err
		}, func() {
			o.state, o.version = ledger.StatePost, o.version+1
			o.parts = append(o.parts, document.Part{Duty: document.DutyCheck, Person: by.Person})
		}}
}

// addAccount adds a detail account below one that the walk does not use, or tries to below one that has entries.
func (w *walk) addAccount() (move, bool) {
	parent := pick(w, []string{"101", "101", "102"})
	code := fmt.Sprintf("%s%02d", parent, 1+w.r.IntN(99))
	expect := unknown
	if parent == "102" {
		if w.posted[w.village.ID] == 0 {
			return move{}, false
		}
		expect = refused
	}
	return move{"add-account", expect,
		func(tx *store.Tx) error {
			return ledger.AddAccount(tx, county, ledger.NewAccount{Chart: ledger.Village, Book: w.village.ID, Code: code, Name: "明细" + code,
				Parent: parent, FromYear: 2025})
		}, func() {}}, true
}
