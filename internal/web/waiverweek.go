package web

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// waiverWeekPage is the weekly exception list: the steps that one person took only because the county had waived a pair of
// duties, as it is printed and signed.
type waiverWeekPage struct {
	Base
	Entity               string
	First, Last          calendar.Date // Monday and Sunday
	Rows                 []waiverUseRow
	Earlier, Later, File string // addresses; Later is empty for the present week
}

type waiverUseRow struct {
	document.WaiverUse
	What, Path string // the document, and where this person may look at it
	Kind, Step string
	Person     string
	At         string
}

func showWaiverWeek(c *call, tx *store.Tx) (answer, error) {
	p, err := c.waiverWeekPage(tx)
	if err != nil {
		return answer{}, err
	}
	switch format := c.query("format"); format {
	case "":
		return show("person/waiver_week", p)
	case sheet.XLSX:
		return p.file()
	default:
		return answer{}, notThere()
	}
}

func (c *call) waiverWeekPage(tx *store.Tx) (*waiverWeekPage, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	day := today
	if typed := c.query("day"); typed != "" {
		if day, err = calendar.ParseDate(typed); err != nil {
			return nil, err
		}
	}
	first := day.AddDays(-(int(day.Time().Weekday()-time.Monday) + 7) % 7)
	at := func(d calendar.Date) string { return "/waivers/week?day=" + string(d) }
	p := &waiverWeekPage{First: first, Last: first.AddDays(6), Earlier: at(first.AddDays(-7)), File: at(first) + "&format=" + sheet.XLSX}
	p.Styles = []string{"admin.css"}
	if next := first.AddDays(7); next <= today {
		p.Later = at(next)
	}
	if p.Entity, err = c.entity(tx); err != nil {
		return nil, err
	}
	uses, err := document.WaiverUses(tx, c.actor, p.First, p.Last)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, u := range uses {
		row := waiverUseRow{WaiverUse: u, What: u.Ref, Person: identity.ActingName(names, u.By, u.For), At: clock(u.At)}
		for _, k := range documentKinds {
			if k.Name == u.Kind {
				row.Kind, row.Step = k.Title, k.Step(u.Step).Title
			}
		}
		if err := c.usedOn(tx, &row); err != nil {
			return nil, err
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// entity names whom the list speaks for: the highest unit of the person's, the county where there are several.
func (c *call) entity(tx *store.Tx) (string, error) {
	unit, err := org.Root(tx, c.actor.County)
	if paths := c.paths(waiverReaders...); err == nil && len(paths) == 1 {
		ids := org.Ancestors(paths[0])
		unit, err = org.Get(tx, c.actor.County, ids[len(ids)-1])
	}
	return unit.Name, err
}

// usedOn says which document it was, where it lies in a book that the person may look into.
func (c *call) usedOn(tx *store.Tx, row *waiverUseRow) error {
	parts := strings.Split(row.Ref, "|")
	id, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || len(parts) < 2 {
		return nil // not a book's
	}
	b, err := ledger.See(tx, c.actor, id)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p := calendar.Period(parts[1])
	row.What = b.Name + " " + p.Chinese()
	switch {
	case len(parts) == 4:
		row.What, row.Path = row.What+" "+parts[2]+"-"+parts[3], voucherPath(row.Document)
	case row.WaiverUse.Kind == ledger.CloseKind.Name:
		row.Path = fmt.Sprintf("%s/close?period=%s", bookPath(b), p)
	}
	return nil
}

// file is the list as a table that looks as the printed one.
func (p *waiverWeekPage) file() (answer, error) {
	s := sheet.Sheet{
		Title: "不相容岗位豁免每周例外清单", Entity: "单位:" + p.Entity, Period: string(p.First) + " 至 " + string(p.Last), Signatures: []string{"财政局负责人", "审核人", "制表人"},
	}
	for _, title := range []string{"日期", "时间", "单位", "单据", "内容", "步骤", "经办人", "同一人兼任的岗位", "豁免依据文号"} {
		s.Columns = append(s.Columns, sheet.Column{Title: title})
	}
	for _, r := range p.Rows {
		var row []sheet.Value
		for _, text := range []string{string(r.On), r.At, r.Unit, r.Kind, r.What, r.Step, r.Person, r.A.Title() + "与" + r.B.Title(), r.No} {
			row = append(row, sheet.Text(text))
		}
		s.Rows = append(s.Rows, row)
	}
	if len(p.Rows) == 0 {
		s.Footer = []string{"本周没有使用岗位豁免办理的单据。"}
	}
	var b bytes.Buffer
	if err := sheet.Write(&b, sheet.XLSX, s); err != nil {
		return answer{}, err
	}
	return answer{file: &file{name: fmt.Sprintf("%s 每周例外清单 %s至%s.xlsx", p.Entity, p.First, p.Last), media: fileTypes[sheet.XLSX], body: b.Bytes()}}, nil
}
