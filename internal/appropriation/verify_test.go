package appropriation_test

import (
	"strings"
	"testing"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestVerify_SeesWhatWasAltered changes rows behind the program's back, one way at a time.
func TestVerify_SeesWhatWasAltered(t *testing.T) {
	for what, c := range map[string]struct{ statement, says string }{
		"nothing":                     {`update county set name = name`, ""},
		"a sum":                       {`update appropriation_line set added = added + 100 where line_id = 1`, "各项合计与变动明细不符"},
		"a count":                     {`update appropriation_line set moves = moves + 1 where line_id = 1`, "各项合计与变动明细不符"},
		"two sums that cancel":        {`update appropriation_line set added = added + 100, reduced = reduced + 100 where line_id = 1`, "各项合计与变动明细不符"},
		"the unit of a line":          {`update appropriation_line set unit_id = 3 where line_id = 1`, "内容与存证不符"},
		"the class of a line":         {`update appropriation_line set economic = '30217' where line_id = 1`, "内容与存证不符"},
		"an amount of a move":         {`update appropriation_move set amount = amount + 1 where line_id = 1 and seq = 1`, "备查分录不符"},
		"a maker of a move":           {`update appropriation_move set maker_id = 9 where line_id = 1 and seq = 1`, "指标变动与存证不符"},
		"an available amount":         {`update appropriation_move set available = available + 1 where line_id = 1 and seq = 2`, "变动后可用记为"},
		"a move taken out":            {`delete from appropriation_move where line_id = 1 and seq = 2`, "变动明细不连续"},
		"the last move taken out":     {`delete from appropriation_move where line_id = 2 and seq = 2`, "各项合计与变动明细不符"},
		"a move of nobody":            {`update appropriation_move set document_id = 'x' where line_id = 1 and seq = 1`, "没有指标单"},
		"a move of an unknown kind":   {`update appropriation_move set kind = 'gift' where line_id = 1 and seq = 1`, "不存在"},
		"an entry's account":          {`update memorandum_entry set account = 'X102' where line_id = 1 and seq = 1 and part = 2`, "备查分录不符"},
		"an entry's amount":           {`update memorandum_entry set debit = debit + 1 where line_id = 1 and seq = 1 and part = 1`, "备查分录不符"},
		"an entry taken out":          {`delete from memorandum_entry where line_id = 1 and seq = 1 and part = 1`, "备查分录"},
		"an entry put in":             {`insert into memorandum_entry (county_id, line_id, seq, part, account, debit, credit) values (990001, 1, 99, 1, 'X203', 1, 0)`, "备查分录"},
		"a balance":                   {`update memorandum_balance set debit = debit + 1 where line_id = 1 and account = 'X203'`, "余额与分录不符"},
		"a balance taken out":         {`delete from memorandum_balance where line_id = 1 and account = 'X203'`, "没有余额"},
		"a balance put in":            {`insert into memorandum_balance (county_id, line_id, account, debit, credit) values (990001, 1, 'X201', 1, 0)`, "余额与分录不符"},
		"an order's document":         {`update appropriation_order set source_no = '青财预〔2026〕9号' where kind = 'transfer'`, "内容与存证不符"},
		"an order's session":          {`update appropriation_order set session_no = '' where kind = 'initial'`, "内容与存证不符"},
		"an item":                     {`update appropriation_item set amount = amount + 1 where move = 'transfer-in'`, "内容与存证不符"},
		"an item that waits":          {`update appropriation_item set amount = amount + 1 where move = 'recall'`, "内容与存证不符"},
		"an order called effective":   {`update document set state = 'effective' where document_id = (select document_id from appropriation_order where kind = 'recall')`, "没有下达的存证"},
		"a transfer that loses money": {`update appropriation_move set amount = amount - 1 where kind = 'transfer-in'`, "转出、转入不等"},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, storetest.One(t))
			office, trips := w.given(w.key(2026, "30201"), 1000), w.given(w.key(2026, "30211"), 500)
			if err := w.issue(order(appropriation.OrderTransfer, 2026, item(appropriation.TransferOut, office, 100), item(appropriation.TransferIn, trips, 100))); err != nil {
				t.Fatal(err)
			}
			w.must(func(tx *store.Tx) error { return appropriation.Hold(tx, w.town1, use(office, 10)) })
			w.must(func(tx *store.Tx) error {
				_, err := appropriation.Draft(tx, w.maker, order(appropriation.OrderRecall, 2026, item(appropriation.Recall, office, 1)), 0)
				return err
			})
			w.must(func(tx *store.Tx) error {
				n, err := tx.Exec(c.statement)
				if err != nil {
					return err
				}
				if n != 1 && what != "an order's session" {
					t.Errorf("the statement changed %d rows", n)
				}
				flaws, err := appropriation.Verify(tx, county)
				var said []string
				for _, f := range flaws {
					said = append(said, f.Where+":"+f.Message)
				}
				if all := strings.Join(said, "\n"); (all == "") != (c.says == "") || !strings.Contains(all, c.says) {
					t.Errorf("want %q, got\n%s", c.says, all)
				}
				return err
			})
		})
	}
}
