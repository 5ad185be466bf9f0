package web

import (
	"fmt"
	"strings"
	"unicode"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// standardRoutes are about official tables and dated rules.
func standardRoutes() []route {
	return []route{
		{pattern: "GET /standards", title: "官方科目", right: signedIn, show: showStandards},
		{pattern: "GET /standards/compare", title: "新旧版本对照", right: signedIn, show: showCompare},
		{pattern: "GET /standards/{edition}", title: "官方科目", right: signedIn, show: showStandard},
		{pattern: "GET /rules", title: "参数", right: signedIn, show: showRules},
		{pattern: "GET /rules/{rule}", title: "参数", right: signedIn, show: showRule},
		{pattern: "POST /rules", title: "设定参数", right: only(identity.SecAdmin, identity.CountyBudget, identity.CountyTreasury), do: setRule},
	}
}

// standardsPage lists the official tables with their sources.
type standardsPage struct {
	Base
	Rows []editionRow
}

type editionRow struct {
	Edition     ledger.Edition
	Status      string
	Class       string
	Years       string
	Rows        int // 0: imported here, listed in the books that use it
	Unconfirmed int
	Shipped     bool
}

func showStandards(c *call, tx *store.Tx) (answer, error) {
	all, err := ledger.Editions(tx)
	if err != nil {
		return answer{}, err
	}
	p := &standardsPage{}
	for _, e := range all {
		row, err := newEditionRow(e)
		if err != nil {
			return answer{}, err
		}
		p.Rows = append(p.Rows, row)
	}
	return show("standard/list", p)
}

func newEditionRow(e ledger.Edition) (editionRow, error) {
	row := editionRow{Edition: e, Status: "现行", Class: "ok", Years: fmt.Sprintf("%d 年起", e.FromYear)}
	if e.ToYear != 0 {
		row.Years = fmt.Sprintf("%d 年至 %d 年", e.FromYear, e.ToYear)
	}
	shipped, err := standard.EditionByID(e.ID)
	if err != nil {
		return row, nil // imported by the county
	}
	row.Shipped = true
	if e.Status == standard.Superseded {
		row.Status, row.Class = "已被取代", "wait"
	}
	open, err := standard.Unconfirmed(e.ID)
	if err != nil {
		return row, err
	}
	row.Unconfirmed = len(open)
	if shipped.IsChart() {
		rows, err := standard.Accounts(e.ID)
		row.Rows = len(rows)
		return row, err
	}
	rows, err := standard.Classes(e.ID)
	row.Rows = len(rows)
	return row, err
}

// standardPage lists the rows of one official table, or those that nobody has compared with the print.
type standardPage struct {
	Base
	Edition    standard.Edition
	Note       string
	Open       int
	OnlyOpen   bool
	Query      string
	Rows       []standardRow
	Count      int
	Confirming string
}

type standardRow struct {
	Code   string
	Name   string
	Level  int
	Source string
	Open   bool // written from memory
}

// standardMost is how many rows one page shows.
const standardMost = 500

func showStandard(c *call, _ *store.Tx) (answer, error) {
	e, err := standard.EditionByID(c.r.PathValue("edition"))
	if err != nil {
		return answer{}, fault.New(fault.NotFound, "edition-unknown", "没有这套官方科目", "请从目录中选择").Because(err)
	}
	p := &standardPage{Edition: e, Note: e.Superseded, OnlyOpen: c.query("open") != "", Query: c.query("q")}
	p.Title = e.Title
	rows, err := standardRows(e)
	if err != nil {
		return answer{}, err
	}
	for _, r := range rows {
		if r.Open {
			p.Open++
		}
		if p.OnlyOpen && !r.Open || p.Query != "" && !strings.HasPrefix(r.Code, p.Query) && !strings.Contains(r.Name, p.Query) {
			continue
		}
		if p.Count++; len(p.Rows) < standardMost {
			p.Rows = append(p.Rows, r)
		}
	}
	return show("standard/show", p)
}

func standardRows(e standard.Edition) ([]standardRow, error) {
	var out []standardRow
	levels := map[string]int{}
	add := func(code, name, parent, verified, source string) {
		if parent != "" {
			levels[code] = levels[parent] + 1
		}
		open := verified == standard.Memory
		out = append(out, standardRow{code, name, min(levels[code], 3), sourceSaid(source, open), open})
	}
	if e.IsChart() {
		rows, err := standard.Accounts(e.ID)
		for _, a := range rows {
			add(a.Code, a.Name, a.Parent, a.Verified, a.Source)
		}
		return out, err
	}
	rows, err := standard.Classes(e.ID)
	for _, v := range rows {
		add(v.Code, v.Name, v.Parent, v.Verified, v.Source)
	}
	return out, err
}

// sourceSaid gives the document that a row was compared with. What stands behind its name in the tables, where a copy of it
// was found, is for who keeps the tables.
func sourceSaid(source string, open bool) string {
	if open {
		return "凭记忆补录,以官方印发的为准"
	}
	end := strings.IndexFunc(source, func(r rune) bool { return r == '(' || r == '[' || r < 0x80 && unicode.IsLetter(r) })
	if end >= 0 {
		source = source[:end]
	}
	if source = strings.TrimSpace(source); source == "" {
		return "公开资料"
	}
	return source
}
