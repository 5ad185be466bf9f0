package ledger_test

import (
	"testing"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestFindVouchers: a number, an amount (the red twin's too) and words are found, posted or not, in the books asked for alone.
func TestFindVouchers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		draft, posted := d.stand(0), d.stand(3)
		hundred, other := money.Fen(10000), money.Fen(10001)
		minus := -hundred
		books := []int64{d.office.ID}
		d.read(func(tx *store.Tx) error {
			for name, c := range map[string]struct {
				wanted ledger.Wanted
				hit    bool
				draft  bool
			}{
				"number": {ledger.Wanted{Number: 1}, true, false}, "number and word": {ledger.Wanted{Number: 1, Word: "记"}, true, false},
				"another word": {ledger.Wanted{Number: 1, Word: "收"}, false, false}, "amount": {ledger.Wanted{Amount: &hundred}, true, true},
				"red": {ledger.Wanted{Amount: &minus}, true, true}, "another amount": {ledger.Wanted{Amount: &other}, false, false},
				"initials": {ledger.Wanted{Initials: "dbk"}, true, true}, "other initials": {ledger.Wanted{Initials: "dbz"}, false, false},
				"initials or a number": {ledger.Wanted{Number: 1, Initials: "dbz"}, true, false},
				"words":                {ledger.Wanted{Words: "到拨"}, true, true}, "a wild card is a sign": {ledger.Wanted{Words: "收%款"}, false, false},
				"number or words": {ledger.Wanted{Number: 99, Words: "拨款"}, true, true}, "nothing": {ledger.Wanted{}, false, false},
			} {
				hits, err := ledger.FindPosted(tx, county, books, "2026-10", c.wanted, 10)
				if err != nil {
					return err
				}
				if (len(hits) == 1) != c.hit || c.hit && (hits[0].Document != posted || hits[0].State != ledger.StatePost || hits[0].Amount != hundred) {
					t.Errorf("%s: found %+v", name, hits)
				}
				own, err := ledger.FindInBook(tx, d.office, "2026-01", "2026-12", c.wanted, 10)
				if err != nil {
					return err
				}
				if (len(own) == 1) != c.hit {
					t.Errorf("%s: found %+v in the book", name, own)
				}
				drafts, err := ledger.FindDrafts(tx, d.reviewer, []string{d.office.Path}, c.wanted, 10)
				if err != nil {
					return err
				}
				if (len(drafts) == 1) != c.draft || c.draft && (drafts[0].Document != draft || drafts[0].State != ledger.Draft) {
					t.Errorf("%s: drafts %+v", name, drafts)
				}
			}
			for _, elsewhere := range []struct {
				books []int64
				month calendar.Period
			}{{[]int64{d.office.ID + 1000}, "2026-10"}, {books, "2026-09"}} {
				if hits, err := ledger.FindPosted(tx, county, elsewhere.books, elsewhere.month, ledger.Wanted{Words: "拨款"}, 10); err != nil || len(hits) != 0 {
					t.Errorf("elsewhere: %+v, %v", hits, err)
				}
			}
			for amount, want := range map[money.Fen]int{hundred: 2, minus: 2, other: 0} { // both lines have it
				lines, err := ledger.FindByLine(tx, d.office, "2026-08", "2026-10", amount, nil, 10)
				if err != nil || len(lines) != want {
					t.Errorf("lines of %s: %+v, %v", amount, lines, err)
				}
			}
			hits, err := ledger.FindDrafts(tx, d.elsewhere, []string{"/1/4/"}, ledger.Wanted{Words: "拨款"}, 10)
			if len(hits) != 0 {
				t.Errorf("another township's drafts: %+v", hits)
			}
			return err
		})
	})
}

// TestFindVouchers_WhateverTheCase: letters are found as people key them, on both engines.
func TestFindVouchers_WhateverTheCase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		v := supplies(d.office, "2026-10-21", 100)
		for i := range v.Lines {
			v.Lines[i].Summary = "付OA软件款"
		}
		d.post(v)
		d.write(func(tx *store.Tx) error { _, err := ledger.SaveDraft(tx, d.accountant, draft(v), 0); return err })
		wanted := ledger.Wanted{Words: "oa软"}
		d.read(func(tx *store.Tx) error {
			posted, err := ledger.FindPosted(tx, county, []int64{d.office.ID}, "2026-10", wanted, 10)
			if err != nil {
				return err
			}
			own, err := ledger.FindInBook(tx, d.office, "2026-10", "2026-10", wanted, 10)
			if err != nil {
				return err
			}
			drafts, err := ledger.FindDrafts(tx, d.reviewer, []string{d.office.Path}, wanted, 10)
			if len(posted) != 1 || len(own) != 1 || len(drafts) != 1 {
				t.Errorf("found %d, %d and %d", len(posted), len(own), len(drafts))
			}
			return err
		})
	})
}

// TestOpenWork: who has how many under way, what came back to whom, and what moved on which combination.
func TestOpenWork(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		back := d.stand(1)
		d.stand(0)
		d.stand(2)
		d.stand(3)
		d.write(func(tx *store.Tx) error {
			_, err := ledger.Return(tx, d.reviewer, back, 2, "附件不全")
			return err
		})
		given := draft(supplies(d.office, "2026-10-21", 100)) // of somebody who has nothing else: no work is left of it
		d.write(func(tx *store.Tx) error {
			_, err := ledger.SaveDraft(tx, d.both, given, 0)
			if err == nil {
				_, err = ledger.Void(tx, d.both, given.Document, 1, "重复")
			}
			return err
		})
		d.read(func(tx *store.Tx) error {
			work, err := ledger.CountByMaker(tx, d.head, "/1/2/")
			if err != nil {
				return err
			}
			if want := (ledger.OpenWork{Maker: d.accountant.Person, Draft: 1, Returned: 1, Checked: 1}); len(work) != 1 || work[0] != want {
				t.Errorf("under way: %+v, want %+v", work, want)
			}
			day := 24 * time.Hour
			for since, want := range map[time.Time]int{tx.Now.Add(-day): 1, tx.Now.Add(day): 0} {
				sent, err := ledger.ListSentBack(tx, county, d.accountant.Person, calendar.Instant(since))
				if err != nil {
					return err
				}
				if len(sent) != want || want == 1 && (sent[0].Document != back || sent[0].Reason != "附件不全" || sent[0].By != d.reviewer.Person) {
					t.Errorf("sent back since %s: %+v", since, sent)
				}
			}
			moves, err := ledger.Movements(tx, county, "/1/2/", ledger.Government, "2026-01", "2026-10")
			if err != nil {
				return err
			}
			var debit, credit money.Fen
			for _, m := range moves {
				debit, credit = debit+m.Debit, credit+m.Credit
			}
			if len(moves) != 2 || debit != 10000 || credit != 10000 {
				t.Errorf("movements are %+v", moves)
			}
			none, err := ledger.Movements(tx, county, "/1/2/", ledger.Village, "2026-01", "2026-10")
			if len(none) != 0 {
				t.Errorf("another chart has moved: %+v", none)
			}
			return err
		})
	})
}
