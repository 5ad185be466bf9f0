package web

import (
	"fmt"
	"html/template"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// pictureRoutes are pictures with their tables, where looking beats reading.
func pictureRoutes() []route {
	readers := only(ledger.Readers...)
	return []route{
		{pattern: "GET /pictures", title: "图示", right: readers, show: showPictures},
		{pattern: "GET /units/{unit}/pictures/months", title: "各月进度图", right: readers, show: showMonths, under: "/pictures"},
		{pattern: "GET /units/{unit}/pictures/execution", title: "预算执行进度图", right: readers, show: showExecution, under: "/pictures"},
		{pattern: "GET /units/{unit}/pictures/classes", title: "收支构成图", right: readers, show: showClasses, under: "/pictures"},
	}
}

// picturePage is one picture, or two, with the table beneath.
type picturePage struct {
	Base
	Unit     string
	Kinds    []choice
	Charts   []choice
	Period   calendar.Period
	Span     string
	Drawings []drawnPicture
	Note     string
	Empty    string // why there is nothing to draw
}

// drawnPicture is a picture and its table.
type drawnPicture struct {
	Heading string
	SVG     template.HTML
	Heads   []headCell
	Rows    []statementRow
}

// showPictures leads to the pictures of the unit that the person works for.
func showPictures(c *call, tx *store.Tx) (answer, error) {
	paths := c.paths(ledger.Readers...)
	ids := org.Ancestors(paths[0])
	return goTo(fmt.Sprintf("/units/%d/pictures/months", ids[len(ids)-1]))
}

// pictureScope is what the pictures of a unit have in common.
func (c *call) pictureScope(tx *store.Tx, here string) (*picturePage, org.Unit, []ledger.Book, error) {
	u, err := c.unit(tx)
	if err != nil {
		return nil, u, nil, err
	}
	all, err := ledger.ListBooks(tx, c.actor.County, u.Path)
	if err != nil {
		return nil, u, nil, err
	}
	books := slices.DeleteFunc(all, func(b ledger.Book) bool { return !c.actor.Has(b.Path, ledger.Readers...) })
	if len(books) == 0 {
		return nil, u, nil, fault.Newf(fault.NotFound, "unit-without-books", "请选择设有账套的单位", "「%s」没有您可查看的账套", u.Name)
	}
	p := &picturePage{Unit: u.Name}
	p.Title, p.Styles = u.Name+" "+c.route.title, []string{"picture.css"}
	today := businessDay(books).Period()
	otherwise := today
	if at := c.place.period; at != "" && at < today {
		otherwise = at
	}
	if p.Period, err = c.period("period", otherwise); err != nil {
		return nil, u, nil, err
	}
	p.Period = min(p.Period, today)
	at := fmt.Sprintf("/units/%d/pictures/", u.ID)
	for _, k := range []choice{{Value: "months", Title: "各月进度"}, {Value: "execution", Title: "预算执行进度"}, {Value: "classes", Title: "收支构成"}} {
		p.Kinds = append(p.Kinds, choice{Value: at + k.Value + "?period=" + string(p.Period), Title: k.Title, On: k.Value == here})
	}
	p.Span = span(calendar.PeriodOf(p.Period.Year(), 1), p.Period)
	return p, u, books, nil
}
