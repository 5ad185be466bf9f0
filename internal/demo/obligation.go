package demo

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/store"
)

// obligations registers the two sessions of the year of every township's congress: the budget's deadlines were kept, of
// the final accounts' some still wait and some are over.
func (b *build) obligations() error {
	for i := range b.towns {
		t := &b.towns[i]
		if i == approvedTown {
			b.ids.next() // its budget was drafted here: the approval obliges it
		} else if err := b.session(t, "budget-approved", "2026-02-12", "人大决议〔2026〕1号", map[string]calendar.Date{
			"budget-reply": "2026-02-27", "budget-filing": "2026-03-10", "budget-publication": []calendar.Date{"2026-03-02", "2026-03-09"}[i%2],
		}); err != nil {
			return err
		}
		done := map[string]calendar.Date{"final-reply": "2026-10-15", "final-publication": "2026-10-16"}
		if i%9 == 0 {
			delete(done, "final-publication") // late since the 19th
		}
		if err := b.session(t, "final-approved", "2026-09-28", "人大决议〔2026〕2号", done); err != nil {
			return err
		}
	}
	return nil
}

// session registers what a congress approved, and what the office has done about it since.
func (b *build) session(t *townPlan, event string, on calendar.Date, basis string, done map[string]calendar.Date) error {
	by, err := b.actor(t.pinyin + ".suozhang")
	if err != nil {
		return err
	}
	return b.write(func(tx *store.Tx) error {
		made, err := obligation.Register(tx, by, obligation.Registration{
			Document: b.ids.next(), Event: event, Unit: b.units[t.division()].ID, On: on, Basis: t.name + basis,
		})
		if err != nil {
			return err
		}
		for _, o := range made {
			if day := done[o.Kind.Name]; day != "" {
				if err := obligation.Fulfil(tx, by, o.Document, 1, day, t.name+"财〔2026〕"+o.Kind.Title); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
