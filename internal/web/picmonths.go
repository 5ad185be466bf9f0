package web

import (
	"fmt"
	"maps"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/picture"
	"xiangzhang/internal/store"
)

// matrixMost is how many books one matrix shows; the books of more are gathered by the units beneath.
const matrixMost = 80

// monthState is one month of a book or of several.
type monthState struct {
	state picture.State
	word  string // 已结账, 在办 3 张
}

// rank puts the states in order: the worst of several books is shown.
var rank = map[picture.State]int{"": 0, picture.Done: 1, picture.Empty: 2, picture.Under: 3, picture.Late: 4}

// showMonths draws how far each book, or each unit beneath, has come in each month of the year.
func showMonths(c *call, tx *store.Tx) (answer, error) {
	p, u, books, err := c.pictureScope(tx, "months")
	if err != nil {
		return answer{}, err
	}
	year := p.Period.Year()
	first, last := calendar.PeriodOf(year, 1), min(businessDay(books).Period(), calendar.PeriodOf(year, 12))
	progress, err := ledger.ListProgress(tx, c.actor, u.Path, first, last)
	if err != nil {
		return answer{}, err
	}
	deadlines, err := ledger.ReadDeadlines(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	idle, err := notBegun(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	m := picture.Matrix{ID: "months", Title: p.Title, Desc: fmt.Sprintf("%d 年每月一格:✓ 已结账,– 进行中,! 逾期未结账,空格未开始,· 建账以前", year)}
	heads := []headCell{{Title: "账套"}}
	for month := first; month <= last; month = month.Next() {
		m.Columns = append(m.Columns, fmt.Sprintf("%d 月", month.Month()))
		heads = append(heads, headCell{Title: fmt.Sprintf("%d 月", month.Month())})
	}
	line := func(b ledger.Book) (out []monthState) {
		for month := first; month <= last; month = month.Next() {
			state := stateOf(b, month, progress[ledger.BookMonth{Book: b.ID, Period: month}], deadlines.Close(b.Path, month))
			if idle[b.ID] && month >= b.Start && state.state != picture.Under {
				state = monthState{picture.Empty, "未开始"}
			}
			out = append(out, state)
		}
		return out
	}
	var table []statementRow
	begun := map[calendar.Period]int{} // rows by the month in which their books begin, where months of the year lie before it
	draw := func(label, path string, states []monthState, cell func(month calendar.Period) string) {
		row, words := picture.Row{Label: label, Path: path}, statementRow{Cells: []statementCell{{Text: label, Path: path}}}
		if n := before(states); n > 0 && n < len(states) {
			begun[calendar.PeriodOf(year, n+1)]++
		}
		for i, s := range states {
			month := calendar.PeriodOf(year, i+1)
			if s.state == "" {
				row.Cells, words.Cells = append(row.Cells, picture.Cell{}), append(words.Cells, statementCell{Text: "· 建账前", Class: "muted"})
				continue
			}
			row.Cells = append(row.Cells, picture.Cell{State: s.state, Title: fmt.Sprintf("%s %d 月:%s", label, month.Month(), s.word), Path: cell(month)})
			words.Cells = append(words.Cells, statementCell{Text: s.word, Path: cell(month)})
		}
		m.Rows, table = append(m.Rows, row), append(table, words)
	}
	if len(books) <= matrixMost {
		for _, b := range books {
			draw(b.Name, bookPath(b), line(b), func(month calendar.Period) string { return bookPath(b) + "?period=" + string(month) })
		}
	} else {
		heads[0].Title = "单位"
		units, err := org.Children(tx, c.actor.County, u.ID)
		if err != nil {
			return answer{}, err
		}
		for _, below := range units {
			sum := gatherMonths(books, below, line)
			if sum == nil {
				continue
			}
			to := fmt.Sprintf("/units/%d/pictures/months", below.ID)
			draw(below.Name, to, sum, func(month calendar.Period) string { return to + "?period=" + string(month) })
		}
	}
	p.Drawings = []drawnPicture{{Heading: fmt.Sprintf("%d 年各月", year), SVG: m.SVG(), Heads: heads, Rows: table}}
	p.Note = "绿 ✓ 已结账,黄 – 进行中,红 ! 逾期未结账,白格 未开始,· 建账以前(账不在本系统按月记,无须结账);点一格看该月凭证。"
	for _, month := range slices.Sorted(maps.Keys(begun)) {
		p.Note += fmt.Sprintf("%d 行自 %s起建账。", begun[month], month.Chinese())
	}
	return show("picture/show", p)
}

// before counts the months with which a row begins in which there was no book yet.
func before(states []monthState) int {
	for i, s := range states {
		if s.state != "" {
			return i
		}
	}
	return len(states)
}

// stateOf says how far a month of a book has come.
func stateOf(b ledger.Book, month calendar.Period, g ledger.Progress, due calendar.Date) monthState {
	waiting := g.Draft + g.Returned + g.Submitted + g.Checked
	switch {
	case month < b.Start:
		return monthState{}
	case month <= b.ClosedThrough:
		return monthState{picture.Done, "已结账"}
	case month < b.Today.Period() && due != "" && b.Today > due:
		return monthState{picture.Late, fmt.Sprintf("逾期 %d 天", daysBetween(due, b.Today))}
	case waiting > 0:
		return monthState{picture.Under, fmt.Sprintf("在办 %d 张", waiting)}
	case month < b.Today.Period():
		return monthState{picture.Under, "未结账"}
	case g.Posted > 0:
		return monthState{picture.Under, fmt.Sprintf("已记 %d 张", g.Posted)}
	default:
		return monthState{picture.Empty, "未开始"}
	}
}

// gatherMonths gives the worst state of a unit's books in each month, and how many are in it; nil: it has no books.
func gatherMonths(books []ledger.Book, u org.Unit, line func(ledger.Book) []monthState) []monthState {
	var worst []monthState
	var counts []int
	for _, b := range books {
		if !org.Within(b.Path, u.Path) {
			continue
		}
		states := line(b)
		if worst == nil {
			worst, counts = make([]monthState, len(states)), make([]int, len(states))
		}
		for i, s := range states {
			switch {
			case rank[s.state] > rank[worst[i].state]:
				worst[i], counts[i] = s, 1
			case s.state == worst[i].state && s.state != "":
				counts[i]++
			}
		}
	}
	words := map[picture.State]string{picture.Done: "%d 套已结账", picture.Empty: "%d 套未开始", picture.Under: "%d 套进行中", picture.Late: "%d 套逾期"}
	for i := range worst {
		if s := worst[i].state; s != "" {
			worst[i].word = fmt.Sprintf(words[s], counts[i])
		}
	}
	return worst
}
