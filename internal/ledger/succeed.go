package ledger

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
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

// BookNameOn gives the name that a book had on a day.
func BookNameOn(tx *store.Tx, b Book, on calendar.Date) (string, error) {
	return org.NameOn(tx, b.County, org.OfBook, b.ID, on, b.Name)
}

// UnitsOn gives, of the books of a county that have changed hands since a day, whose they were on that day.
func UnitsOn(tx *store.Tx, county int64, on calendar.Date) (map[int64]int64, error) {
	rows, err := tx.Query(`select book_id, unit_id from book_former_unit where county_id = $1 and valid_to >= $2
		order by book_id, valid_to desc`, county, string(on))
	if err != nil {
		return nil, fmt.Errorf("ledger.UnitsOn %s: %w", on, err)
	}
	defer rows.Close()
	out := map[int64]int64{}
	for rows.Next() {
		var book, unit int64
		if err := rows.Scan(&book, &unit); err != nil {
			return nil, fmt.Errorf("ledger.UnitsOn %s: %w", on, err)
		}
		out[book] = unit
	}
	return out, rows.Err()
}

// FormerBooks lists the books that were a unit's once and are another's now, by code, with the last day.
func FormerBooks(tx *store.Tx, county, unit int64) (books []Book, until []calendar.Date, err error) {
	rows, err := tx.Query(`select f.book_id, f.valid_to from book_former_unit f where f.county_id = $1 and f.unit_id = $2
		order by f.book_id, f.valid_to`, county, unit)
	if err != nil {
		return nil, nil, fmt.Errorf("ledger.FormerBooks %d: %w", unit, err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		var to calendar.Date
		if err := rows.Scan(&id, &to); err != nil {
			return nil, nil, fmt.Errorf("ledger.FormerBooks %d: %w", unit, err)
		}
		ids, until = append(ids, id), append(until, to)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, fmt.Errorf("ledger.FormerBooks %d: %w", unit, err)
	}
	for _, id := range ids {
		b, err := GetBook(tx, county, id)
		if err != nil {
			return nil, nil, err
		}
		books = append(books, b)
	}
	return books, until, nil
}

// OnceUnder lists the books that were of a unit or below it and are elsewhere now, each once.
func OnceUnder(tx *store.Tx, county int64, u org.Unit) ([]Book, error) {
	lower, upper := org.Subtree(u.Path)
	rows, err := tx.Query(`select distinct f.book_id from book_former_unit f join unit u on u.county_id = f.county_id and u.unit_id = f.unit_id
		where f.county_id = $1 and u.path >= $2 and u.path < $3 order by f.book_id`, county, lower, upper)
	if err != nil {
		return nil, fmt.Errorf("ledger.OnceUnder %s: %w", u.Path, err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("ledger.OnceUnder %s: %w", u.Path, err)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("ledger.OnceUnder %s: %w", u.Path, err)
	}
	var out []Book
	add := func(b Book) {
		if !org.Within(b.Path, u.Path) && !slices.ContainsFunc(out, func(known Book) bool { return known.ID == b.ID }) {
			out = append(out, b)
		}
	}
	for _, id := range ids {
		b, err := GetBook(tx, county, id)
		if err != nil {
			return nil, err
		}
		add(b)
	}
	moved, err := org.MovedFrom(tx, county, u.Path)
	if err != nil {
		return nil, err
	}
	for _, m := range moved {
		books, err := ListBooks(tx, county, m.Path)
		if err != nil {
			return nil, err
		}
		for _, b := range books {
			add(b)
		}
	}
	return out, nil
}

// AsOf gives a book with the name and the unit that it had on a day.
func AsOf(tx *store.Tx, b Book, on calendar.Date) (Book, error) {
	units, err := UnitsOn(tx, b.County, on)
	if err != nil {
		return b, err
	}
	if unit, ok := units[b.ID]; ok {
		u, err := org.Get(tx, b.County, unit)
		if err != nil {
			return b, err
		}
		b.Unit, b.UnitName = u.ID, u.Name
	}
	if b.UnitName, err = org.NameOn(tx, b.County, org.OfUnit, b.Unit, on, b.UnitName); err != nil {
		return b, err
	}
	b.Name, err = org.NameOn(tx, b.County, org.OfBook, b.ID, on, b.Name)
	return b, err
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
	End  bool  // it takes no voucher after that day but those of the day itself; else it is carried on
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
	if before := on.Period().Prev(); b.ClosedThrough < before && b.Start <= before {
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
	drafts, err := ListDrafts(tx, b, "")
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
		_, err = tx.Exec(`insert into book_former_unit (county_id, book_id, valid_to, unit_id) values ($1, $2, $3, $4)`,
			county, b.ID, string(on.AddDays(-1)), b.Unit)
		if err != nil {
			return fmt.Errorf("ledger.Succeed %s: %w", b.Code, err)
		}
	}
	var ended any
	if s.End {
		ended = string(on)
	} else if b.EndedOn != "" {
		ended = string(b.EndedOn)
	}
	_, err = tx.Exec(`update book set unit_id = $3, ended_on = $4 where county_id = $1 and book_id = $2`, county, b.ID, s.To, ended)
	if err != nil {
		return fmt.Errorf("ledger.Succeed %s: %w", b.Code, err)
	}
	return nil
}

// handingNote says why the budgetary half of a handing is not the one that its financial half proposes: balances move.
const handingNote = "单位变更移交余额"

// Handing is a pair of vouchers that hand the balances of an ended book over to the one that takes them.
type Handing struct {
	From, To int64  // books
	Out, In  string // ids of the two drafts, carried by the form
	Source   string // document of the change
}

// HandOver drafts both vouchers: in the ended book every balance is taken to zero on its last day, in the other the same
// balances are entered. They are drafts of the person who asks: submitted, checked and posted like any other. While
// vouchers of the ended book are under way, this pair among them, its balances are not what they will be, and it is
// refused. The same ids again are refused with an error for which document.IsTaken holds.
func HandOver(tx *store.Tx, by identity.Actor, h Handing) error {
	from, err := seeClaimed(tx, by, h.From)
	if err != nil {
		return err
	}
	to, err := see(tx, by, h.To, "")
	if err != nil {
		return err
	}
	if err := document.Untaken(tx, by.County, h.Out, VoucherKind); err != nil {
		return err
	}
	switch {
	case from.EndedOn == "":
		return fault.Newf(fault.Refused, "handing-not-ended", "只有因合并、拆分停用的账套才移交余额", "账套%s仍在使用", from.Name)
	case to.EndedOn != "" || to.ID == from.ID || to.Chart != from.Chart:
		return fault.Newf(fault.Invalid, "handing-to", "请选择接收单位在用的、同一科目体系的账套", "账套%s不能接收%s的余额", to.Name, from.Name).In("to")
	}
	under, err := underWay(tx, from, latest)
	if err != nil {
		return err
	}
	if under > 0 {
		return fault.Newf(fault.Refused, "handing-unposted", "请先审核并记账,或写明原因作废", "账套%s还有 %d 张未记账的凭证,余额还会变动", from.Name, under)
	}
	lines, err := standing(tx, from)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return fault.Newf(fault.Refused, "handing-nothing", "请结清最后一个月的账即可", "账套%s已没有余额", from.Name)
	}
	reversed := make([]Line, len(lines))
	for i, l := range lines {
		l.Debit, l.Credit = l.Credit, l.Debit
		l.Summary = "余额移交至" + to.Name
		reversed[i] = l
		lines[i].Summary = "接收" + from.Name + "余额"
	}
	day := max(from.EndedOn, to.OldestOpen().First())
	for _, d := range []DraftVoucher{
		{Document: h.Out, Book: from.ID, Date: string(from.EndedOn), Lines: Typed(reversed), Source: h.Source, Note: handingNote},
		{Document: h.In, Book: to.ID, Date: string(day), Lines: Typed(lines), Source: h.Source, Note: handingNote},
	} {
		if _, err := SaveDraft(tx, by, d, 0); err != nil {
			return err
		}
	}
	return nil
}

// standing gives the balances of a book at its last day as lines, on the side where they stand.
func standing(tx *store.Tx, b Book) ([]Line, error) {
	year := b.EndedOn.Period()
	moves, _, err := Balances(tx, b.County, []Book{b}, calendar.PeriodOf(year.Year(), 1), year)
	if err != nil {
		return nil, err
	}
	known, err := Combinations(tx, b.County)
	if err != nil {
		return nil, err
	}
	var lines []Line
	for _, id := range sortedIDs(moves) {
		balance := moves[id].Balance()
		if balance == 0 {
			continue
		}
		c := known[id]
		l := Line{Account: c.Account, Dims: c.Dims}
		if l.Debit = max(balance, 0); balance < 0 {
			l.Credit = -balance
		}
		lines = append(lines, l)
	}
	slices.SortStableFunc(lines, func(x, y Line) int { return strings.Compare(x.Account, y.Account) })
	return lines, nil
}

// Standing adds up what stands in a book at its last day: the debit balances, which equal the credit ones.
func Standing(tx *store.Tx, b Book) (money.Fen, int, error) {
	lines, err := standing(tx, b)
	if err != nil {
		return 0, 0, err
	}
	var total money.Fen
	for _, l := range lines {
		total += l.Debit
	}
	return total, len(lines), nil
}
