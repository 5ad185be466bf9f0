package ledger_test

import (
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
)

// model is what the walk believes of the books: enough to say of most steps whether they must be refused.
type model struct {
	books   []ledger.Book
	closed  map[int64]calendar.Period
	carried map[int64]bool // year 2025 closed
	next    map[series]int64
	papers  []*paper
	months  []*month
	posted  map[int64]int // vouchers by book
	opening *paper        // of the village, with the parts of all that set it before; nil: none
}

// series is a run of numbers.
type series struct {
	book   int64
	period calendar.Period
}

// paper is a voucher in whatever state.
type paper struct {
	id      string
	book    ledger.Book
	state   document.State
	version int64
	parts   []document.Part
	period  calendar.Period
	number  int64
	sound   bool // it passes the checks of its book
	closing bool
	twinOf  *paper
	twin    *paper // a red twin that is under way or posted
}

func (p *paper) voucherNumber() ledger.Number {
	return ledger.Number{Period: p.period, Word: "记", Number: p.number}
}

func (p *paper) pending() bool { return p.state != ledger.StatePost && p.state != ledger.Voided }

// past tells whether a paper's year is closed: its income and expense, which every paper of the walk has, stay there.
func (m *model) past(p *paper) bool { return p.period.Year() == 2025 && m.carried[p.book.ID] }

// overtaken tells whether the year of what a red twin takes back was closed before the twin was posted.
func (m *model) overtaken(p *paper) bool { return p.twinOf != nil && m.past(p.twinOf) }

// month is one closing of a month.
type month struct {
	id      string
	book    ledger.Book
	period  calendar.Period
	state   document.State
	version int64
	parts   []document.Part
}

func (m *model) isOpen(b ledger.Book, p calendar.Period) bool {
	return p >= b.Start && p > m.closed[b.ID] && p <= b.Today.Period()
}

func (m *model) oldest(b ledger.Book) calendar.Period { return m.closed[b.ID].Next() }

// pendingIn gives the vouchers of a book that are not posted, of a month or, with a year alone, of all its months.
func (m *model) pendingIn(b ledger.Book, prefix string) []*paper {
	var found []*paper
	for _, p := range m.papers {
		if p.book.ID == b.ID && p.pending() && string(p.period)[:len(prefix)] == prefix {
			found = append(found, p)
		}
	}
	return found
}

// in gives the vouchers in one of the states.
func (m *model) in(states ...document.State) []*paper {
	return slices.DeleteFunc(slices.Clone(m.papers), func(p *paper) bool { return !slices.Contains(states, p.state) })
}

// mayTake tells whether a person's earlier duties leave him this one.
func mayTake(parts []document.Part, by identity.Actor, duty document.Duty, apart ...document.Duty) bool {
	for _, p := range parts {
		if p.Person != by.Person {
			continue
		}
		if _, clash := document.Incompatible(p.Duty, duty); clash || slices.Contains(apart, p.Duty) {
			return false
		}
	}
	return true
}

func (m *model) takeNumber(p *paper) {
	if p.number != 0 {
		return
	}
	s := series{p.book.ID, p.period}
	m.next[s]++
	p.number = m.next[s]
}

func makes(by identity.Actor, b ledger.Book) bool { return by.Has(b.Path, identity.Accountant) }

func checks(by identity.Actor, b ledger.Book) bool {
	return by.Has(b.Path, identity.Reviewer, identity.OfficeHead)
}
