package demo

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// elsewhere makes the books of a township that has only begun: openings, and vouchers of the current month.
func (b *build) elsewhere(t *townPlan) error {
	maker, err := b.actor(t.pinyin + ".kuaiji")
	if err != nil {
		return err
	}
	checker, err := b.actor("hs." + centres[t.centre].pinyin + ".shenhe")
	if err != nil {
		return err
	}
	books := booksOf(t, BusinessDate.Period())
	scale := classScale[t.class]
	err = b.createBooks(books, maker, func(p *bookPlan) []ledger.Line {
		switch {
		case p.village != nil:
			return villageOpening(*p.village, scale)
		case p.station != nil:
			return stationOpening(*p.station, nil)
		}
		return budgetOpening(yuan(90_000 * scale))
	})
	if err != nil {
		return err
	}
	current := BusinessDate.Period()
	generate(books, current, current, newFlows(), scale, begin)
	return b.postAll(books, maker, checker, func(calendar.Date) bool { return true })
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

// postAll posts, in one step, those of the generated vouchers of the books whose day is chosen.
func (b *build) postAll(books []*bookPlan, maker, checker identity.Actor, chosen func(calendar.Date) bool) error {
	taken := make([][]ledger.Voucher, len(books))
	for i, p := range books {
		taken[i] = p.pen.take()
	}
	return b.write(func(tx *store.Tx) error {
		for i, p := range books {
			for _, v := range taken[i] {
				if !chosen(v.Date) {
					continue
				}
				if _, err := ledger.PostAtOnce(tx, maker, checker, b.ids.next(), v); err != nil {
					return fmt.Errorf("%s %s %s: %w", p.book.Name, v.Date, v.Summary(), err)
				}
			}
		}
		return nil
	})
}
