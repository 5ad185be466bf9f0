package web

import (
	"fmt"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// comparePage says what a newer edition of an official table changed.
type comparePage struct {
	Base
	Choices []compareChoice // tables of which there are two editions
	Before  ledger.Edition
	After   ledger.Edition
	Chosen  bool
	Only    string // one change, or all where empty
	Counts  []compareCount
	Rows    []compareRow
	Same    int // rows that both share as they are
	Open    int // rows of either that nobody has compared with the print
	Note    string
	Missing []string // tables of which there is one edition only
}

// compareChoice is a pair of editions that follow each other.
type compareChoice struct {
	Before, After ledger.Edition
	On            bool
}

type compareCount struct {
	Change string
	Title  string
	Count  int
	On     bool
}

type compareRow struct {
	ledger.Difference
	Title      string
	Class      string
	BeforeOpen bool
	AfterOpen  bool
}

var changeClass = map[ledger.Change]string{
	ledger.RowAdded: "ok", ledger.RowEnded: "late", ledger.RowRenamed: "wait", ledger.RowMoved: "wait", ledger.RowAltered: "wait",
}

// tableTitles are the official tables by kind.
var tableTitles = map[string]string{
	"government": "政府会计科目", "village": "村集体会计科目", "general-budget": "财政总会计科目", "function": "支出功能分类",
	"economic": "部门预算支出经济分类", "economic-government": "政府预算支出经济分类", "revenue": "收入分类", "fund": "资金性质",
}

func showCompare(c *call, tx *store.Tx) (answer, error) {
	all, err := ledger.Editions(tx)
	if err != nil {
		return answer{}, err
	}
	p := &comparePage{Only: c.query("only")}
	p.Styles = []string{"admin.css"}
	count := map[string]int{}
	for i, e := range all {
		count[e.Kind]++
		if i > 0 && all[i-1].Kind == e.Kind {
			p.Choices = append(p.Choices, compareChoice{Before: all[i-1], After: e})
		}
	}
	for _, e := range all {
		if count[e.Kind] == 1 {
			p.Missing = append(p.Missing, tableTitles[e.Kind])
		}
	}
	if err := p.choose(c, all); err != nil || !p.Chosen {
		if err != nil {
			return answer{}, err
		}
		return show("standard/compare", p)
	}
	before, err := ledger.EditionRows(tx, p.Before.ID)
	if err != nil {
		return answer{}, err
	}
	after, err := ledger.EditionRows(tx, p.After.ID)
	if err != nil {
		return answer{}, err
	}
	p.fill(before, after)
	return show("standard/compare", p)
}

// choose reads the two editions of the address, or takes the first pair there is.
func (p *comparePage) choose(c *call, all []ledger.Edition) error {
	from, to := c.query("from"), c.query("to")
	if from == "" && to == "" {
		if len(p.Choices) > 0 {
			p.Choices[0].On = true
			p.Before, p.After, p.Chosen = p.Choices[0].Before, p.Choices[0].After, true
		}
		return nil
	}
	for _, e := range all {
		if e.ID == from {
			p.Before = e
		}
		if e.ID == to {
			p.After = e
		}
	}
	if p.Before.ID == "" || p.After.ID == "" {
		return fault.New(fault.NotFound, "edition-unknown", "没有这套官方科目", "请从目录中选择")
	}
	if p.Before.Kind != p.After.Kind || p.Before.ID == p.After.ID {
		return fault.Newf(fault.Invalid, "edition-other-kind", "请选择同一套表的两个版本", "「%s」和「%s」不是同一套表的两个版本", p.Before.Title, p.After.Title)
	}
	for i := range p.Choices {
		p.Choices[i].On = p.Choices[i].Before.ID == from && p.Choices[i].After.ID == to
	}
	p.Chosen = true
	return nil
}

func (p *comparePage) fill(before, after []ledger.Row) {
	differences := ledger.CompareEditions(before, after)
	counts := map[ledger.Change]int{}
	shared := len(after)
	for _, d := range differences {
		counts[d.Change]++
		if d.Change != ledger.RowEnded {
			shared--
		}
		row := compareRow{Difference: d, Title: d.Change.Title(), Class: changeClass[d.Change]}
		row.BeforeOpen = d.Before.Code != "" && !d.Before.Confirmed
		row.AfterOpen = d.After.Code != "" && !d.After.Confirmed
		if p.Only == "" || p.Only == string(d.Change) {
			p.Rows = append(p.Rows, row)
		}
	}
	p.Same = shared
	for _, ch := range ledger.Changes() {
		p.Counts = append(p.Counts, compareCount{string(ch), ch.Title(), counts[ch], p.Only == string(ch)})
	}
	for _, rows := range [][]ledger.Row{before, after} {
		for _, r := range rows {
			if !r.Confirmed {
				p.Open++
			}
		}
	}
	p.Note = fmt.Sprintf("两版共有 %d 行未改动", p.Same)
	if e, err := standard.EditionByID(p.Before.ID); err == nil && e.Superseded != "" {
		p.Note += ";" + e.Superseded
	}
}
