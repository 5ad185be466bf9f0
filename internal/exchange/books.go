package exchange

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// regimeChoices are the names that templates offer for what keeps a book.
var regimeChoices = []string{"行政单位", "事业单位", "村集体经济组织", "财政总会计"}

// bookMakers may set books up.
var bookMakers = []identity.Role{identity.OfficeHead, identity.CountyTreasury}

// chartWords name the charts as files show them.
var chartWords = map[ledger.ChartName]string{
	ledger.Government: "行政事业单位", ledger.Village: "村集体", ledger.GeneralBudget: "财政总会计",
}

// chartSynonyms are further names under which files of other programs know the charts.
var chartSynonyms = map[string]ledger.ChartName{
	"政府会计": ledger.Government, "政府会计制度": ledger.Government, "农村集体经济组织": ledger.Village,
	"农村集体经济组织会计制度": ledger.Village, "总预算": ledger.GeneralBudget,
}

// chartChoices are the names that templates offer.
func chartChoices() []string {
	return []string{chartWords[ledger.Government], chartWords[ledger.Village], chartWords[ledger.GeneralBudget]}
}

// parseChart reads a chart's code or one of its names.
func parseChart(text string) (ledger.ChartName, error) {
	for chart, word := range chartWords {
		if text == word || text == string(chart) {
			return chart, nil
		}
	}
	if chart, ok := chartSynonyms[text]; ok {
		return chart, nil
	}
	return "", fault.Newf(fault.Invalid, "chart-unknown", "请填 "+strings.Join(chartChoices(), "、")+",也可填代码 government、village、general-budget",
		"没有科目体系「%s」", text).In("chart")
}

func readBooks(tx *store.Tx, im *imported) (write, error) {
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	root, err := org.Root(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		if err := im.record(tx, im.fileID(), root.ID, root.Path); err != nil {
			return err
		}
		return im.eachCell(func(_ int, c *cells) { im.writeBook(tx, c) })
	}, nil
}

func (im *imported) writeBook(tx *store.Tx, c *cells) {
	n := ledger.NewBook{Code: c.row.Get("book"), Name: c.row.Get("name"), Regime: ledger.ParseRegime(c.row.Get("regime"))}
	unit, err := org.ByCode(tx, im.by.County, c.row.Get("unit"))
	if err == nil {
		err = im.by.Require(unit.Path, "建立账套", bookMakers...)
	}
	c.right("unit", err)
	n.Unit = unit.ID
	c.right("book", bookCodeFree(tx, im.by.County, n.Code))
	if n.Regime != "" && n.Regime.Title() == "" {
		c.right("regime", fault.Newf(fault.Invalid, "regime-unknown", "可用:"+strings.Join(regimeChoices, "、"), "没有账套类型「%s」", n.Regime))
	}
	n.Chart, err = parseChart(c.row.Get("chart"))
	known := c.right("chart", err)
	n.Start, err = calendar.ParsePeriod(c.row.Get("start"))
	if c.right("start", err) && known {
		c.right("start", chartInForce(tx, n.Chart, n.Start))
	}
	if !c.good() {
		return
	}
	_, err = ledger.CreateBook(tx, im.by.County, n)
	if f := fault.As(err); f != nil && f.Field == "code" {
		err = f.In("book")
	}
	c.right("chart", err)
}

func bookCodeFree(tx *store.Tx, county int64, code string) error {
	_, err := ledger.BookByCode(tx, county, code)
	if err == nil {
		return fault.Newf(fault.Conflict, "book-code-taken", "请换一个编码,或直接使用已有账套", "账套编码「%s」已被使用", code)
	}
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// chartInForce refuses a book that would begin before the first edition of its chart: its years would be kept on
// accounts that did not exist yet.
func chartInForce(tx *store.Tx, chart ledger.ChartName, start calendar.Period) error {
	editions, err := ledger.Editions(tx)
	if err != nil {
		return err
	}
	first := 0
	for _, e := range editions {
		if e.Kind == string(chart) && (first == 0 || e.FromYear < first) {
			first = e.FromYear
		}
	}
	if first == 0 || start.Year() >= first {
		return nil // without any edition the ledger itself refuses
	}
	return fault.Newf(fault.Refused, "book-before-chart", fmt.Sprintf("请把启用期间改为 %d-01 或以后,或先导入当年施行的科目表", first),
		"「%s」的科目表自 %d 年起施行,账套不能从 %s 启用", chartWords[chart], first, start.Chinese())
}

func exportBooks(tx *store.Tx, by identity.Actor, books []ledger.Book, emit emit) error {
	for _, b := range books {
		unit, err := org.Get(tx, by.County, b.Unit)
		if err != nil {
			return err
		}
		err = emit(sheet.Text(b.Code), sheet.Text(b.Name), sheet.Text(unit.Code), sheet.Text(chartWords[b.Chart]),
			sheet.Text(string(b.Start)), sheet.Text(b.Regime.Title()))
		if err != nil {
			return err
		}
	}
	return nil
}
