package ledger_test

import (
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

func (w *walk) closeMonth() (move, bool) {
	b := pick(w, w.books)
	period := pick(w, []calendar.Period{w.oldest(b), w.oldest(b), w.oldest(b).Next(), w.closed[b.ID], "2026-10"})
	return w.closeBy(w.somebody(b, makes), b, period), true
}

func (w *walk) closeBy(by identity.Actor, b ledger.Book, period calendar.Period) move {
	expect := refused
	if by.Has(b.Path, identity.Accountant, identity.OfficeHead) && period == w.oldest(b) && period < "2026-10" &&
		len(w.pendingIn(b, string(period))) == 0 && !(period == b.Start && b.ID == w.village.ID && w.opening != nil && w.opening.state != ledger.StatePost) {
		expect = passes
		if period.Month() == 12 {
			expect = unknown // whether income and expense stand at zero
		}
	}
	m := &month{id: document.NewID(), book: b, period: period, state: "closed", version: 1}
	return move{"close-month", expect,
		func(tx *store.Tx) error { _, err := ledger.CloseMonth(tx, by, m.id, b.ID, period); return err },
		func() { w.months, w.closed[b.ID] = append(w.months, m), period }}
}

// reopening says of each step of a reopening where it begins, where it ends and who takes it.
var reopening = map[string]struct {
	from  []document.State
	to    document.State
	roles []identity.Role
	duty  document.Duty
	apart []document.Duty
}{
	"ask-reopen":     {[]document.State{"closed"}, "reopen-asked", []identity.Role{identity.Accountant}, document.DutyInitiate, nil},
	"approve-reopen": {[]document.State{"reopen-asked"}, "reopen-approved", []identity.Role{identity.Reviewer, identity.OfficeHead}, document.DutyApprove, []document.Duty{document.DutyInitiate}},
	"confirm-reopen": {[]document.State{"reopen-approved"}, "reopened", []identity.Role{identity.OfficeHead, identity.CountyTreasury}, document.DutyReview, []document.Duty{document.DutyInitiate, document.DutyApprove}},
	"refuse-reopen":  {[]document.State{"reopen-asked", "reopen-approved"}, "closed", []identity.Role{identity.Reviewer, identity.OfficeHead, identity.CountyTreasury}, document.DutyReview, nil},
}

// reopen takes a step of a reopening, mostly of the last month and mostly the one that comes next.
func (w *walk) reopen() (move, bool) {
	if len(w.months) == 0 {
		return move{}, false
	}
	m := pick(w, w.months)
	for range 4 {
		if m.state == "reopened" || m.period != w.closed[m.book.ID] {
			m = pick(w, w.months)
		}
	}
	name := pick(w, []string{"ask-reopen", "approve-reopen", "confirm-reopen", "refuse-reopen"})
	if next := map[document.State]string{"closed": "ask-reopen", "reopen-asked": "approve-reopen", "reopen-approved": "confirm-reopen"}[m.state]; next != "" && !w.oneIn(4) {
		name = next
	}
	version, step := m.version, reopening[name]
	by := w.somebody(m.book, func(a identity.Actor, b ledger.Book) bool { return a.Has(b.Path, step.roles...) })
	if w.oneIn(12) {
		version++
	}
	reopenable := m.period == w.closed[m.book.ID] && (m.period.Month() != 12 || !w.carried[m.book.ID])
	allowed := by.Has(m.book.Path, step.roles...) && version == m.version && slices.Contains(step.from, m.state) &&
		(reopenable || name == "refuse-reopen") && mayTake(m.parts, by, step.duty, step.apart...)
	return move{name, passesIf(allowed),
		func(tx *store.Tx) error {
			_, err := ledger.Reopen(tx, by, m.id, version, name, "漏记一张凭证")
			return err
		},
		func() {
			m.state, m.version = step.to, m.version+1
			m.parts = append(m.parts, document.Part{Duty: step.duty, Person: by.Person})
			if name == "confirm-reopen" {
				w.closed[m.book.ID] = m.period.Prev()
			}
		}}, true
}

func (w *walk) carryOver() (move, bool) { return w.carryBy(pick(w, w.people), pick(w, w.books)), true }

func (w *walk) carryBy(by identity.Actor, b ledger.Book) move {
	expect := refused
	if makes(by, b) && w.isOpen(b, "2025-12") && len(w.pendingIn(b, "2025")) == 0 {
		expect = unknown // there may be nothing to carry over
	}
	var docs []document.Document
	return move{"carry-over", expect,
		func(tx *store.Tx) (err error) {
			docs, err = ledger.CarryOver(tx, by, b.ID, 2025, document.NewID)
			return err
		},
		func() {
			for _, d := range docs {
				p := &paper{id: d.ID, book: b, state: ledger.Submitted, version: 1, period: "2025-12", sound: true, closing: true, parts: d.Parts}
				w.takeNumber(p)
				w.papers = append(w.papers, p)
			}
		}}
}

func (w *walk) closeYear() (move, bool) {
	return w.closeYearBy(pick(w, w.people), pick(w, w.books)), true
}

func (w *walk) closeYearBy(by identity.Actor, b ledger.Book) move {
	allowed := by.Has(b.Path, identity.Accountant, identity.OfficeHead) && w.closed[b.ID] >= "2025-12" && !w.carried[b.ID]
	return move{"close-year", passesIf(allowed),
		func(tx *store.Tx) error { _, err := ledger.CloseYear(tx, by, document.NewID(), b.ID, 2025); return err },
		func() { w.carried[b.ID] = true }}
}

// finishMonth brings a book's oldest month to its end as a careful office would, so that the walk gets through years.
func (w *walk) finishMonth() {
	b := pick(w, []ledger.Book{w.office, w.village})
	period := w.oldest(b)
	if period >= "2026-10" {
		return
	}
	prefix := string(period)
	if period.Month() == 12 {
		prefix = "2025"
	}
	w.clear(b, prefix)
	if period == "2025-12" {
		w.take(w.carryBy(w.accountant, b))
		for _, p := range w.pendingIn(b, prefix) {
			w.take(move{"check", passes,
				func(tx *store.Tx) error { _, err := ledger.Check(tx, w.reviewer, p.id, p.version); return err },
				func() { w.took(p, w.reviewer, document.DutyCheck, ledger.Checked) }})
			w.take(w.postBy(w.second, p, p.version))
		}
	}
	if o := w.opening; o != nil && b.ID == w.village.ID && o.state == ledger.Submitted {
		w.take(w.vouchBy(w.reviewer, o))
	}
	w.take(w.closeBy(w.head, b, period))
	if period == "2025-12" && w.closed[b.ID] == period {
		w.take(w.closeYearBy(w.head, b))
	}
}

// clear posts what is checked and voids what is not.
func (w *walk) clear(b ledger.Book, prefix string) {
	for _, p := range w.pendingIn(b, prefix) {
		if p.state == ledger.Checked {
			w.take(w.postBy(w.second, p, p.version))
		} else {
			w.take(w.voidBy(w.second, p, p.version, "月末清理"))
		}
	}
}
