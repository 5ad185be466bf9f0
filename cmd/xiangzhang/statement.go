package main

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// statementFlags are what a statement may be asked.
type statementFlags struct {
	books, unit, chart, from, to, account, levels, compare, forUnit string
	year                                                            bool
	dims                                                            ledger.Dims
}

func runStatement(ctx context.Context, k *call) error {
	f := &statementFlags{}
	k.flags.StringVar(&f.books, "book", "", "")
	k.flags.StringVar(&f.unit, "unit", "", "")
	k.flags.StringVar(&f.chart, "chart", "", "")
	k.flags.StringVar(&f.from, "from", "", "")
	k.flags.StringVar(&f.to, "to", "", "")
	k.flags.StringVar(&f.account, "account", "", "")
	k.flags.StringVar(&f.levels, "levels", "", "")
	k.flags.StringVar(&f.compare, "compare", "", "")
	k.flags.BoolVar(&f.year, "year-to-date", false, "")
	k.flags.StringVar(&f.forUnit, "for-unit", "", "")
	k.flags.StringVar(&f.dims.Function, "function", "", "")
	k.flags.StringVar(&f.dims.Economic, "economic", "", "")
	k.flags.StringVar(&f.dims.Project, "project", "", "")
	k.flags.StringVar(&f.dims.Fund, "fund", "", "")
	k.flags.StringVar(&f.dims.Party, "party", "", "")
	words, err := k.parse("text", "json", "csv", "csv-gbk", "xlsx")
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return errUsage{"请指明一个报表:" + statementNames()}
	}
	if _, err := statement.Find(words[0]); err != nil {
		return errUsage{fault.As(err).Error()}
	}
	ask, err := f.request(words[0])
	if err != nil {
		return err
	}
	db, err := k.open(ctx, false, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	county, err := k.theCounty(ctx, db)
	if err != nil {
		return err
	}
	var report *statement.Report
	err = db.Read(ctx, func(tx *store.Tx) error {
		if err := f.findBooks(tx, county, &ask); err != nil {
			return err
		}
		if f.forUnit != "" {
			u, err := org.ByCode(tx, county, f.forUnit)
			if err != nil {
				return err
			}
			ask.Filter.Unit = u.ID
		}
		report, err = statement.Make(tx, ask)
		return err
	})
	if err != nil {
		return err
	}
	return k.writeTo(func(w io.Writer) error { return report.Write(w, k.format) })
}

func statementNames() string {
	var names []string
	for _, d := range statement.Declarations() {
		names = append(names, d.Name)
	}
	return strings.Join(names, "、")
}

// request reads the flags that need no database.
func (f *statementFlags) request(name string) (statement.Request, error) {
	ask := statement.Request{Name: name, Account: f.account, Filter: f.dims, Year: f.year}
	if (f.books == "") == (f.unit == "") {
		return ask, errUsage{"请用 --book 指明账套,或用 --unit 指明单位"}
	}
	if f.chart != "" && f.unit == "" {
		return ask, errUsage{"--chart 与 --unit 同用,指明合并单位的哪一种账套"}
	}
	var err error
	if ask.From, err = calendar.ParsePeriod(f.from); err != nil {
		return ask, errUsage{"请用 --from 指明起始期间,如 2026-01"}
	}
	if ask.To, err = calendar.ParsePeriod(f.to); err != nil {
		return ask, errUsage{"请用 --to 指明截止期间,如 2026-12"}
	}
	if ask.Compare, err = statement.ParseComparison(f.compare); err != nil {
		return ask, errUsage{fault.As(err).Error()}
	}
	switch f.levels {
	case "":
	case "all":
		ask.Levels = statement.AllLevels
	default:
		if ask.Levels, err = strconv.Atoi(f.levels); err != nil || ask.Levels < 1 {
			return ask, errUsage{"--levels 应为级数(1、2…)或 all"}
		}
	}
	return ask, nil
}

// findBooks finds the books asked for: by code, or those of a unit and everything below it that the statement is for,
// of one chart where it is named.
func (f *statementFlags) findBooks(tx *store.Tx, county int64, ask *statement.Request) error {
	if f.unit == "" {
		for code := range strings.SplitSeq(f.books, ",") {
			b, err := ledger.BookByCode(tx, county, strings.TrimSpace(code))
			if err != nil {
				return err
			}
			ask.Books = append(ask.Books, b)
		}
		return nil
	}
	u, err := org.ByCode(tx, county, f.unit)
	if err != nil {
		return err
	}
	all, err := ledger.ListBooks(tx, county, u.Path)
	if err != nil {
		return err
	}
	d, err := statement.Find(ask.Name)
	if err != nil {
		return err
	}
	for _, b := range all {
		if slices.Contains(d.Charts, b.Chart) && (f.chart == "" || f.chart == string(b.Chart)) {
			ask.Books = append(ask.Books, b)
		}
	}
	ask.Entity = u.Name
	if len(ask.Books) == 0 {
		return fault.Newf(fault.NotFound, "statement-no-book", "请核对单位,或先为它建账套", "%s没有适用%s的账套", u.Name, d.Title)
	}
	return nil
}
