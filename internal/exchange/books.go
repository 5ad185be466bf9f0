package exchange

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// bookMakers may set books up.
var bookMakers = []identity.Role{identity.OfficeHead, identity.CountyTreasury}

var chartTitles = map[string]ledger.ChartName{
	"政府会计": ledger.Government, "政府会计制度": ledger.Government, "农村集体经济组织": ledger.Village,
	"农村集体经济组织会计制度": ledger.Village, "村集体": ledger.Village, "财政总会计": ledger.GeneralBudget, "总预算": ledger.GeneralBudget,
}

// parseChart reads a chart's name or title; what is unknown comes back as it is, for the ledger to refuse.
func parseChart(text string) ledger.ChartName {
	if c, ok := chartTitles[text]; ok {
		return c
	}
	return ledger.ChartName(text)
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
		return im.eachRow(tx, func(_ int, row sheet.Row) (string, error) { return im.writeBook(tx, row) })
	}, nil
}

func (im *imported) writeBook(tx *store.Tx, row sheet.Row) (column string, err error) {
	n := ledger.NewBook{
		Code: row.Get("book"), Name: row.Get("name"), Chart: parseChart(row.Get("chart")), Regime: ledger.ParseRegime(row.Get("regime")),
	}
	unit, err := org.ByCode(tx, im.by.County, row.Get("unit"))
	if err == nil {
		err = im.by.Require(unit.Path, "建立账套", bookMakers...)
	}
	if err != nil {
		return "unit", err
	}
	n.Unit = unit.ID
	if n.Start, err = calendar.ParsePeriod(row.Get("start")); err != nil {
		return "start", err
	}
	_, err = ledger.BookByCode(tx, im.by.County, n.Code)
	if err == nil {
		return "book", fault.Newf(fault.Conflict, "book-code-taken", "请换一个编码,或直接使用已有账套", "账套编码「%s」已被使用", n.Code)
	}
	if !fault.Is(err, fault.NotFound) {
		return "", err
	}
	_, err = ledger.CreateBook(tx, im.by.County, n)
	if f := fault.As(err); f != nil && f.Field == "code" {
		f.Field = "book"
	}
	return "chart", err
}

func exportBooks(tx *store.Tx, by identity.Actor, books []ledger.Book, emit emit) error {
	for _, b := range books {
		unit, err := org.Get(tx, by.County, b.Unit)
		if err != nil {
			return err
		}
		err = emit(sheet.Text(b.Code), sheet.Text(b.Name), sheet.Text(unit.Code), sheet.Text(string(b.Chart)),
			sheet.Text(string(b.Start)), sheet.Text(b.Regime.Title()))
		if err != nil {
			return err
		}
	}
	return nil
}
