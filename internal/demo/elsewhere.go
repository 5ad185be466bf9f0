package demo

import (
	"fmt"

	"xiangzhang/internal/budget"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// begun is a township whose books have only begun, with its people.
type begun struct {
	*townPlan
	maker, checker, head identity.Actor
	books                []*bookPlan   // the general budget first
	lines                []budget.Line // of the general budget's year
}

// elsewhere makes the books of the townships that have only begun: openings, vouchers of the current month, and of their
// general budgets what the year came to before, with its budget. All of them take few steps, because every step waits for the disk.
func (b *build) elsewhere() error {
	var started []begun
	var books []*bookPlan
	of := map[*bookPlan]*begun{}
	for i := range b.towns {
		t := begun{townPlan: &b.towns[i]}
		if t.full {
			continue
		}
		var err error
		if t.maker, err = b.actor(t.pinyin + ".kuaiji"); err != nil {
			return err
		}
		if t.checker, err = b.actor("hs." + centres[t.centre].pinyin + ".shenhe"); err != nil {
			return err
		}
		if t.head, err = b.actor(t.pinyin + ".suozhang"); err != nil {
			return err
		}
		t.books = booksOf(t.townPlan, BusinessDate.Period())
		for _, p := range t.books {
			of[p] = &t
		}
		started, books = append(started, t), append(books, t.books...)
	}
	err := b.createBooks(books, func(p *bookPlan) (maker, checker identity.Actor) { return of[p].maker, of[p].checker }, func(p *bookPlan) []ledger.Line {
		return begunOpening(p, classScale[of[p].class])
	})
	if err != nil {
		return err
	}
	current := BusinessDate.Period()
	for i := range started {
		t := &started[i]
		f := newFlows()
		t.tellStations(f, current)
		generate(t.books, current, current, f, classScale[t.class], begin)
		t.catchUp(t.books[0], f, paces[i%len(paces)])
	}
	if err := b.postCurrent(started); err != nil {
		return err
	}
	return b.setBudgets(started)
}

func begunOpening(p *bookPlan, scale int) []ledger.Line {
	switch {
	case p.village != nil:
		return villageOpening(*p.village, scale)
	case p.station != nil:
		return stationOpening(*p.station, nil)
	}
	return budgetOpening(yuan(90_000 * scale))
}

// begin writes the current month of a book that has only begun.
func begin(p *bookPlan) {
	if p.village == nil {
		p.pen.pay(*p.station)
		p.pen.run(*p.station)
		return
	}
	p.pen.subsidy(*p.village)
	p.pen.cadres(*p.village)
	if p.village.n%2 == 0 {
		p.pen.cleaning(*p.village)
	}
}

// postCurrent posts what was generated, in one step.
func (b *build) postCurrent(started []begun) error {
	taken := map[*bookPlan][]ledger.Voucher{}
	for _, t := range started {
		for _, p := range t.books {
			taken[p] = p.pen.take()
		}
	}
	return b.write(func(tx *store.Tx) error {
		for _, t := range started {
			for _, p := range t.books {
				for _, v := range taken[p] {
					at(tx, v.Date, 17)
					if _, err := ledger.PostAtOnce(tx, t.maker, t.checker, b.ids.next(), v); err != nil {
						return fmt.Errorf("%s %s %s: %w", p.book.Name, v.Date, v.Summary(), err)
					}
				}
			}
		}
		return nil
	})
}
