package web

import (
	"fmt"
	"slices"
	"strconv"

	"xiangzhang/internal/batch"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// yearActs are the steps of a year's end, in their order.
var yearActs = []endAct{
	{batch.CarryOver, "生成结转凭证(先预览)"}, {batch.CloseMonth, "结 12 月账(先预览)"}, {batch.CloseYear, "结转下年(先预览)"},
}

func showYearEnd(c *call, tx *store.Tx) (answer, error) {
	p, books, err := c.newEnd(tx)
	if err != nil {
		return answer{}, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	first := today.Year() // no book has an end of an earlier year
	for _, b := range books {
		first = min(first, b.Start.Year())
	}
	year, _ := strconv.Atoi(c.query("year"))
	if year < first || year > today.Year() {
		if year = today.Year(); today.Period().Month() < 12 {
			year = max(year-1, first)
		}
	}
	december := calendar.PeriodOf(year, 12)
	p.Title, p.Year, p.Value, p.Name, p.Period, p.Due = "年终", true, strconv.Itoa(year), fmt.Sprintf("%d 年", year), string(december), today >= december.Last()
	for y := today.Year(); y > today.Year()-4 && y >= first; y-- {
		p.Times = append(p.Times, choice{Value: strconv.Itoa(y), Title: fmt.Sprintf("%d 年", y), On: y == year})
	}
	p.Columns = []endColumn{
		{Title: "前 11 月", Rule: "月份须依次结账"}, {Title: "12 月凭证", Rule: "12 月凭证全部记账"}, {Title: "收支结转", Rule: "收入、费用和预算收支结转为零"}, {Title: "12 月结账", Rule: "检查全部通过"},
		{Title: "结转下年", Rule: "余额转为下年年初数"},
	}
	names, err := townshipNames(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	people, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	rows := make([]endRow, len(books))
	for i, b := range books {
		if rows[i], err = c.yearRow(tx, b, december, people); err != nil {
			return answer{}, err
		}
		if does := rows[i].does; p.Due && does != "" {
			rows[i].May = c.actor.Has(b.Path, does.Roles()...)
		}
	}
	p.offer(rows)
	for i, b := range books {
		p.add(groupTitle(names, b), rows[i])
	}
	return show("close/office", p)
}

// offer gives the steps that the person can take in some book, and ticks the books of the first: what is in hand next.
func (p *endPage) offer(rows []endRow) {
	for _, act := range yearActs {
		if slices.ContainsFunc(rows, func(r endRow) bool { return r.May && r.does == act.Kind }) {
			p.Acts = append(p.Acts, act)
		}
	}
	left, carried := 0, 0
	for i, r := range rows {
		rows[i].Ticked = r.May && r.does == p.Acts[0].Kind
		switch {
		case r.carried:
			carried++
		case r.Cells != nil: // the book was kept in that December
			left++
		}
	}
	p.Over = carried > 0 && left == 0
}

// yearRow says how far a book has come with the end of a year, and which step is next.
func (c *call) yearRow(tx *store.Tx, b ledger.Book, december calendar.Period, people map[int64]string) (endRow, error) {
	year := december.Year()
	row := endRow{Book: b, Path: fmt.Sprintf("%s/year?year=%d", bookPath(b), year)}
	switch {
	case december < b.Start:
		row.State = "账套未启用"
		return row, nil
	case b.EndedOn != "" && december > b.EndedOn.Period():
		row.State = "账套已停用"
		return row, nil
	case b.ClosedThrough >= december:
		return row, row.closedYear(tx, december, people)
	}
	row.Cells = []endCell{cellYes, cellYes, cellYes, cellWait, cellWait}
	before := b.ClosedThrough >= december.Prev()
	if !before {
		row.Cells[0] = endCell{Class: "no", Mark: "未结", Word: "只结到 " + b.ClosedThrough.Chinese(), Path: bookPath(b) + "/close"}
	}
	if !b.Open(december) {
		row.State = "未到 12 月"
		row.Cells[1], row.Cells[2] = cellWait, cellWait
		return row, nil
	}
	checks, err := ledger.CloseChecks(tx, c.actor, b, december)
	if err != nil {
		return row, err
	}
	open, closing := 0, 0
	for _, k := range checks {
		switch {
		case k.Name == "unposted":
			open = len(k.Rows)
		case k.Name == "carry-over":
			closing = len(k.Rows)
		}
	}
	if open > 0 {
		row.Cells[1] = endCell{Class: "no", Mark: fmt.Sprint(open), Word: fmt.Sprintf("%d 张未记账", open), Path: bookPath(b) + "?period=" + string(december)}
	}
	if closing > 0 {
		row.Cells[2] = endCell{Class: "no", Mark: "未办", Word: fmt.Sprintf("%d 个科目未结转", closing), Path: row.Path}
	}
	switch {
	case !before:
		row.State, row.Class = "前月未结", "late"
	case open > 0:
		row.State, row.Class = "有未记账凭证", "late"
	case closing > 0:
		row.State, row.Class, row.does = "待收支结转", "wait", batch.CarryOver
	default:
		row.State, row.Class, row.does = "待结 12 月", "wait", batch.CloseMonth
	}
	return row, nil
}

// closedYear fills the row of a book whose December is closed: who closed it and carried it over, and when.
func (row *endRow) closedYear(tx *store.Tx, december calendar.Period, people map[int64]string) error {
	row.Cells = []endCell{cellYes, cellYes, cellYes, cellYes, cellYes}
	history, err := ledger.CloseHistory(tx, row.Book)
	if err != nil {
		return err
	}
	for _, h := range history {
		if h.Period == december && h.Act == "close" {
			row.Cells[3].Done = people[h.Person] + " " + clock(h.At)[:10]
			break
		}
	}
	forwards, err := forwarded(tx, row.Book, december)
	if err != nil {
		return err
	}
	if forwards == "" {
		row.State, row.Class, row.does = "待结转下年", "wait", batch.CloseYear
		row.Cells[4] = endCell{Class: "no", Mark: "未办", Word: "余额还没有结转下年", Path: row.Path}
		return nil
	}
	row.State, row.Class, row.carried = "已结转下年", "ok", true
	by, err := carriedBy(tx, row.Book, december.Year(), people)
	if err == nil && by != nil {
		row.Cells[4].Done = by.Person + " " + by.At[:10]
	}
	return err
}

// carriedBy says who carried a year over into the next and when, nil where nobody did.
func carriedBy(tx *store.Tx, b ledger.Book, year int, people map[int64]string) (*trailRow, error) {
	id, err := ledger.CarriedOver(tx, b, year)
	if err != nil || id == "" {
		return nil, err
	}
	rows, err := trailRows(tx, b.County, id, ledger.YearKind, people)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}
