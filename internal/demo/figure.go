package demo

import (
	"xiangzhang/internal/figure"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/store"
)

// figures keeps what the office of 柳溪镇 reported at the end of the third quarter.
func (b *build) figures(t *townPlan) error {
	by, err := b.actor(t.pinyin + ".suozhang")
	if err != nil {
		return err
	}
	registry := figure.NewRegistry(roster.Figures(), ledger.Figures())
	return b.write(func(tx *store.Tx) error {
		rec := figure.Record{Document: b.ids.next(), Unit: b.units[t.division()].ID, On: "2026-09-30", Purpose: "报县财政局三季度情况"}
		return registry.Keep(tx, by, rec, []string{"heads-against-quota", "heads-beyond-quota", "books-closed-on-time"})
	})
}
