package exchange

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// series is what numbers run in: a book's month and word.
type series struct {
	book   int64
	period calendar.Period
	word   string
}

func (v *fileVoucher) series() series {
	return series{v.voucher.Book, v.voucher.Date.Period(), v.voucher.Word}
}

// checkNumbers refuses numbers that do not continue those of the book. Posting takes them once more from the counter.
func (im *imported) checkNumbers(tx *store.Tx, vouchers []*fileVoucher) error {
	bySeries := map[series][]*fileVoucher{}
	for _, v := range vouchers {
		if v.voucher.Number > 0 && v.book != nil && v.voucher.Date != "" && v.book.Open(v.voucher.Date.Period()) {
			bySeries[v.series()] = append(bySeries[v.series()], v)
		}
	}
	for s, vs := range bySeries {
		last, err := lastNumber(tx, im.by.County, s)
		if err != nil {
			return err
		}
		slices.SortFunc(vs, inOrder)
		for _, v := range vs {
			given := ledger.Number{Period: s.period, Word: s.word, Number: v.voucher.Number}
			next := ledger.Number{Period: s.period, Word: s.word, Number: last + 1}
			hint := "请清空凭证号由系统编号,或从 " + next.Label() + " 接着编"
			switch {
			case given.Number <= last:
				im.refuse(v.first(), fault.Newf(fault.Conflict, "number-taken", hint, "凭证号 %s 在 %s 已被使用", given.Label(), s.period.Chinese()), "number")
			case given.Number > next.Number:
				im.refuse(v.first(), fault.Newf(fault.Conflict, "number-gap", hint, "凭证号 %s 在 %s 会造成断号,下一号是 %s",
					given.Label(), s.period.Chinese(), next.Label()), "number")
				last = given.Number // name each gap once
			default:
				last = given.Number
			}
		}
	}
	return nil
}

// lastNumber gives the highest number that a posted voucher or a draft holds. A draft that came with a number and was
// voided before it was submitted holds it no longer.
func lastNumber(tx *store.Tx, county int64, s series) (int64, error) {
	var n int64
	err := tx.QueryRow(`select coalesce(max(number), 0) from (
		select max(number) as number from voucher where county_id = $1 and book_id = $2 and period = $3 and word = $4 union all
		select max(v.number) from voucher_draft v join document d on d.county_id = v.county_id and d.document_id = v.document_id
			where v.county_id = $1 and v.book_id = $2 and v.period = $3 and v.word = $4 and (d.ref <> '' or d.state <> $5)) as numbers`,
		county, s.book, string(s.period), s.word, string(ledger.Voided)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("exchange: last number of book %d %s %s: %w", s.book, s.period, s.word, err)
	}
	return n, nil
}

// checkTwins refuses a voucher that claims to take another back and does not say the same with negative amounts.
func (im *imported) checkTwins(tx *store.Tx, vouchers []*fileVoucher) error {
	type place struct {
		book int64
		ledger.Number
	}
	inFile := map[place][]ledger.Line{}
	taken := map[place]int{}
	for _, v := range vouchers {
		if v.book != nil && v.voucher.Number > 0 && v.voucher.Date != "" {
			s := v.series()
			inFile[place{s.book, ledger.Number{Period: s.period, Word: s.word, Number: v.voucher.Number}}] = v.voucher.Lines
		}
	}
	for _, v := range vouchers {
		if v.bad || v.voucher.Reverses == nil {
			continue
		}
		of := place{v.voucher.Book, *v.voucher.Reverses}
		original, ok := inFile[of]
		if !ok {
			posted, err := ledger.GetVoucher(tx, v.book.Book, *v.voucher.Reverses)
			if fault.Is(err, fault.NotFound) {
				im.note(v.first(), err, "reverses")
				continue
			}
			if err != nil {
				return err
			}
			original = posted.Lines
			if posted.ReversedBy != nil {
				taken[of] = -1
			}
		}
		if row := taken[of]; row != 0 {
			im.refuse(v.first(), fault.Newf(fault.Refused, "voucher-reversed", "一张凭证只能冲销一次,请清空本列或核对",
				"凭证 %s %s 已被红字冲销", of.Period.Chinese(), of.Label()), "reverses")
			continue
		}
		taken[of] = v.first().Number
		if !slices.EqualFunc(original, v.voucher.Lines, ledger.TakesBack) {
			im.refuse(v.first(), fault.Newf(fault.Refused, "twin-altered", "请核对金额和科目;不是冲销的请清空本列",
				"红字凭证须与原凭证 %s %s 逐行相等,只是金额为负", of.Period.Chinese(), of.Label()), "reverses")
		}
	}
	return nil
}
