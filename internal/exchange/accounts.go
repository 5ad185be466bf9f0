package exchange

import (
	"fmt"
	"strconv"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// The county's accounts are the treasury's, those of one book its accountants'.
var (
	countyAccounts = []identity.Role{identity.CountyTreasury}
	bookAccounts   = []identity.Role{identity.Accountant, identity.OfficeHead, identity.CountyTreasury}
)

// readAccounts takes detail accounts, or, with an edition named, a whole chart.
func readAccounts(tx *store.Tx, im *imported) (write, error) {
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	root, err := org.Root(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	if im.options.Edition != nil {
		return im.readEdition(tx, root)
	}
	im.table.Rows = parentsFirst(im.table.Rows)
	years, err := firstYears(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		if err := im.record(tx, im.fileID(), root.ID, root.Path); err != nil {
			return err
		}
		return im.eachRow(tx, func(_ int, row sheet.Row) (string, error) { return im.writeAccount(tx, root, years, row) })
	}, nil
}

// firstYears gives, by chart, the year in which the county's first book begins: from there on an account that all its
// books share can be used.
func firstYears(tx *store.Tx, county int64) (map[ledger.ChartName]int, error) {
	books, err := ledger.ListBooks(tx, county, "/")
	if err != nil {
		return nil, err
	}
	years := map[ledger.ChartName]int{}
	for _, b := range books {
		if first, ok := years[b.Chart]; !ok || b.Start.Year() < first {
			years[b.Chart] = b.Start.Year()
		}
	}
	return years, nil
}

func (im *imported) writeAccount(tx *store.Tx, root org.Unit, years map[ledger.ChartName]int, row sheet.Row) (column string, err error) {
	n := ledger.NewAccount{
		Code: row.Get("code"), Name: row.Get("name"), Parent: row.Get("parent"),
		Dimensions: row.Get("dimensions"),
	}
	if word := row.Get("chart"); word != "" {
		if n.Chart, err = parseChart(word); err != nil {
			return "chart", err
		}
	}
	if code := row.Get("book"); code == "" {
		if err := im.by.Require(root.Path, "增设全县科目", countyAccounts...); err != nil {
			return "book", err
		}
	} else {
		b, err := im.accountBook(tx, code)
		if err != nil {
			return "book", err
		}
		if n.Chart != "" && n.Chart != b.Chart {
			return "chart", fault.Newf(fault.Invalid, "chart-of-book", "请清空科目体系,或核对账套", "账套%s的科目体系是%s", b.Name, chartWords[b.Chart])
		}
		n.Book, n.Chart, n.FromYear = b.ID, b.Chart, b.Start.Year()
	}
	if n.Chart == "" {
		return "chart", fault.New(fault.Invalid, "chart-missing", "本行没有科目体系", "请填写科目体系或账套")
	}
	if n.FromYear == 0 {
		n.FromYear = years[n.Chart]
	}
	if text := row.Get("from_year"); text != "" {
		if n.FromYear, err = parseYear(text); err != nil {
			return "from_year", err
		}
	}
	if n.FromYear == 0 {
		return "from_year", fault.New(fault.Invalid, "year-missing", "县里还没有这一科目体系的账套,无从推定启用年度", "请填写启用年度")
	}
	err = ledger.AddAccount(tx, im.by.County, n)
	if fault.HasCode(err, "dimension-unknown") {
		return "dimensions", err
	}
	return "code", err
}

func (im *imported) accountBook(tx *store.Tx, code string) (ledger.Book, error) {
	b, err := ledger.SeeByCode(tx, im.by, code)
	if err != nil {
		return b, err
	}
	return b, im.by.Require(b.Path, "在账套"+b.Name+"增设科目", bookAccounts...)
}

func parseYear(text string) (int, error) {
	year, err := strconv.Atoi(text)
	if err != nil || year < 1949 || year > 2999 {
		return 0, fault.Newf(fault.Invalid, "year-malformed", "请填四位年份,例如 2026", "年度「%s」写法不对", text)
	}
	return year, nil
}

// exportAccounts gives the accounts below the official ones.
func exportAccounts(tx *store.Tx, by identity.Actor, books []ledger.Book, emit emit) error {
	codes := map[int64]string{0: ""}
	for _, b := range books {
		codes[b.ID] = b.Code
	}
	rows, err := tx.Query(`select code, name, parent, book_id, chart, dimensions, from_year from account
		where county_id = $1 order by chart, book_id, code`, by.County)
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var code, name, parent, chart, dimensions string
		var book, year int64
		if err := rows.Scan(&code, &name, &parent, &book, &chart, &dimensions, &year); err != nil {
			return fmt.Errorf("accounts: %w", err)
		}
		bookCode, visible := codes[book]
		if !visible {
			continue
		}
		if dimensions == "inherit" {
			dimensions = ""
		}
		err := emit(sheet.Text(code), sheet.Text(name), sheet.Text(parent), sheet.Text(bookCode), sheet.Text(chartWords[ledger.ChartName(chart)]), sheet.Text(dimensions),
			sheet.Integer(year), sheet.Value{}, sheet.Value{}, sheet.Value{}, sheet.Value{})
		if err != nil {
			return err
		}
	}
	return rows.Err()
}
