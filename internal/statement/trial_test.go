package statement_test

import (
	"testing"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

func TestTrialBalance(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := newOffice(t, db)
		b := o.government()
		ask := statement.Request{Name: "trial-balance", Books: []ledger.Book{b}, From: "2026-02", To: "2026-03"}
		r := o.make(ask)
		if !r.Balanced {
			t.Errorf("does not balance: %v", r.Differences)
		}
		golden(t, "trial-balance", r)
		ask.Levels = statement.AllLevels
		golden(t, "trial-balance-levels", o.make(ask))
	})
}
