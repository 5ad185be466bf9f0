package ledger

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
)

// What becomes of a book whose unit ends (docs/decisions, units that end). The book itself moves: from a day on it is
// the successor's, and with it every right that hangs on the unit's path. What is posted does not change, and for any
// day before it can be asked whose the book was and what it was called.

// Ended reports whether the book takes no more vouchers: its last day is over and the month of it is closed.
func (b Book) Ended() bool { return b.EndedOn != "" && b.ClosedThrough >= b.EndedOn.Period() }

// checkEnd refuses a voucher of a book that was ended before its date.
func (b Book) checkEnd(date calendar.Date) error {
	if b.EndedOn == "" || date <= b.EndedOn {
		return nil
	}
	return fault.Newf(fault.Refused, "book-ended", "请记入接收单位的账套", "账套%s因单位变更自 %s 后停用,凭证日期为 %s", b.Name, b.EndedOn, date).In("date")
}

// RenameBook gives a book another name from a day on. The caller has asked for the right.
func RenameBook(tx *store.Tx, county, book int64, name string, on calendar.Date) error {
	b, err := Claim(tx, county, book)
	if err != nil {
		return err
	}
	name = strings.TrimSpace(name)
	if name == "" {
		return fault.New(fault.Invalid, "book-unnamed", "账套须有编码和名称", "请补全后再提交").In("book-name")
	}
	if name == b.Name {
		return nil
	}
	if err := text.Check("book-name", "账套名称", name, nameMost); err != nil {
		return err
	}
	if err := org.KeepName(tx, county, org.OfBook, book, b.Name, on); err != nil {
		return err
	}
	if _, err := tx.Exec(`update book set name = $3 where county_id = $1 and book_id = $2`, county, book, name); err != nil {
		return fmt.Errorf("ledger.RenameBook %d: %w", book, err)
	}
	return nil
}

// Succession is what is to become of a book when its unit ends.
type Succession struct {
	Book int64
	To   int64 // the unit whose book it is from then on
	End  bool  // it takes no voucher after that day but those of the day itself; else it is carried on, or stays ended
}

// Obstacle is something that stands in the way of a change, with the way out.
type Obstacle struct {
	Book    int64 // 0: it does not lie in a book
	Message string
	Hint    string
}

// SuccessionObstacles says what stands in the way of moving a book on a day, the first of a month: the months before
// must be closed, so that what was is fixed under the old name, and an ended book must have nothing under way.
func SuccessionObstacles(tx *store.Tx, b Book, on calendar.Date, end bool) ([]Obstacle, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	var out []Obstacle
	add := func(hint, format string, args ...any) {
		out = append(out, Obstacle{b.ID, fmt.Sprintf(format, args...), hint})
	}
	var moved calendar.Date
	err := tx.QueryRow(`select coalesce(max(valid_to), '') from book_former_unit where county_id = $1 and book_id = $2`, b.County, b.ID).Scan(&moved)
	if err != nil {
		return nil, fmt.Errorf("ledger.SuccessionObstacles %s: %w", b.Code, err)
	}
	if on <= moved {
		add(fmt.Sprintf("请把生效日期改为 %s 或以后", moved.AddDays(1)), "账套%s在 %s 已划转过,生效日期 %s 早于它", b.Name, moved.AddDays(1), on)
	}
	before := on.Period().Prev()
	if b.EndedOn != "" { // it has no later months, and moves as it is
		before, end = min(before, b.EndedOn.Period()), false
	}
	if b.ClosedThrough < before && b.Start <= before {
		add(fmt.Sprintf("请先结账至 %s", before.Chinese()), "账套%s%s,生效日期 %s 之前的月份还没有全部结账", b.Name, closedWord(b), on)
	}
	through := on.Period().Prev()
	if end {
		through = latest
	}
	waiting, err := underWay(tx, b, through)
	if err != nil {
		return nil, err
	}
	if waiting > 0 {
		add("请先记账,或作废这些凭证", "账套%s还有 %d 张未记账的凭证(草稿、退回、待审核或待记账)", b.Name, waiting)
	}
	reopening, err := ListReopening(tx, b.County, b.Path)
	if err != nil {
		return nil, err
	}
	for _, r := range reopening {
		if r.Book == b.ID {
			add("请先批准或驳回反结账申请", "账套%s的 %s 正在申请反结账", b.Name, r.Period.Chinese())
		}
	}
	if !end {
		return out, nil
	}
	if b.ClosedThrough >= on.Period() {
		add(fmt.Sprintf("请先反结账,或把生效日期改为 %s", b.OldestOpen().First()), "账套%s已结账到 %s,不能再记移交余额的凭证", b.Name, b.ClosedThrough.Chinese())
	}
	var later int64
	err = tx.QueryRow(`select count(*) from voucher where county_id = $1 and book_id = $2 and period >= $3 and date > $4`,
		b.County, b.ID, string(on.Period()), string(on)).Scan(&later)
	if err != nil {
		return nil, fmt.Errorf("ledger.SuccessionObstacles %s: %w", b.Code, err)
	}
	if later > 0 {
		add("请选择续用本账套,或把生效日期改到这些凭证之后", "账套%s已有 %d 张日期在 %s 之后的凭证", b.Name, later, on)
	}
	return out, nil
}

// latest is after every month.
const latest calendar.Period = "9999-12"

// underWay counts the vouchers of a book that are neither posted nor voided, through a month.
func underWay(tx *store.Tx, b Book, through calendar.Period) (n int, err error) {
	drafts, err := listDrafts(tx, b, "")
	for _, d := range drafts {
		if d.State != Voided && d.Period() <= through {
			n++
		}
	}
	return n, err
}

func closedWord(b Book) string {
	if b.ClosedThrough < b.Start {
		return "还没有结过账"
	}
	return "只结账到 " + b.ClosedThrough.Chinese()
}

// Claim gives a book to a step that will move it to another unit: it waits for everybody who writes into the book, and
// what stands in the way is asked for afterwards. The caller has asked for the right.
func Claim(tx *store.Tx, county, book int64) (Book, error) {
	return getBook(tx, county, book, tx.Claim("b"))
}

// Succeed moves a book to its unit's successor from a day on. The caller has claimed the book and asked for obstacles.
func Succeed(tx *store.Tx, county int64, s Succession, on calendar.Date) error {
	b, err := Claim(tx, county, s.Book)
	if err != nil {
		return err
	}
	if b.Unit != s.To {
		// Moved twice on one day, it was the first one's until then.
		_, err = tx.Exec(`insert into book_former_unit (county_id, book_id, valid_to, unit_id) values ($1, $2, $3, $4) on conflict do nothing`,
			county, b.ID, string(on.AddDays(-1)), b.Unit)
		if err != nil {
			return fmt.Errorf("ledger.Succeed %s: %w", b.Code, err)
		}
	}
	ended := ""
	if s.End {
		ended = string(on)
	}
	_, err = tx.Exec(`update book set unit_id = $3, ended_on = coalesce(ended_on, nullif($4, '')) where county_id = $1 and book_id = $2`,
		county, b.ID, s.To, ended)
	if err != nil {
		return fmt.Errorf("ledger.Succeed %s: %w", b.Code, err)
	}
	return nil
}
