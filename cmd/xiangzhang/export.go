package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

func runExport(ctx context.Context, k *call) error {
	book := k.flags.String("book", "", "")
	words, err := k.parse("text", "json", "csv", "csv-gbk", "xlsx")
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return errUsage{"请指明 template 类别、official 表格、hledger、audit 或一个类别"}
	}
	if words[0] == "template" {
		return k.exportTemplate(words[1:], *book)
	}
	if words[0] == "official" {
		return k.exportOfficial(words[1:], *book)
	}
	if len(words) != 1 {
		return errUsage{"一次只能导出一种"}
	}
	if err := k.checkExport(words[0], *book); err != nil {
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
	return db.Read(ctx, func(tx *store.Tx) error {
		switch words[0] {
		case "hledger":
			b, err := ledger.BookByCode(tx, county, *book)
			if err != nil {
				return err
			}
			return k.writeTo(func(w io.Writer) error { return exchange.Hledger(tx, w, b) })
		case "audit":
			books, err := ledger.ListBooks(tx, county, "/")
			if err != nil {
				return err
			}
			return k.writeTo(func(w io.Writer) error { return exchange.Audit(tx, w, books) })
		}
		return k.exportKind(tx, exchange.Operator(county), exchange.Kind(words[0]), *book)
	})
}

// checkExport refuses flags that would be passed over in silence.
func (k *call) checkExport(what, book string) error {
	switch what {
	case "hledger", "audit":
		switch {
		case k.format != "text":
			return errUsage{fmt.Sprintf("%s 只有一种格式,不用 --format", what)}
		case what == "hledger" && book == "":
			return errUsage{"请用 --book 指明账套"}
		case what == "audit" && book != "":
			return errUsage{"审计数据含全部账套,不用 --book"}
		}
		return nil
	}
	if _, err := exchange.Layout(exchange.Kind(what)); err != nil {
		return errUsage{fault.As(err).Error()}
	}
	if book != "" && !exchange.ByBook(exchange.Kind(what)) {
		return errUsage{fmt.Sprintf("%s 不分账套导出,不用 --book", what)}
	}
	return nil
}

func (k *call) exportTemplate(words []string, book string) error {
	if len(words) != 1 {
		return errUsage{"请指明模板类别"}
	}
	kind := exchange.Kind(words[0])
	if _, err := exchange.Layout(kind); err != nil {
		return errUsage{fault.As(err).Error()}
	}
	if book != "" {
		return errUsage{"填写模板不分账套,不用 --book"}
	}
	if k.format != "text" && k.format != sheet.XLSX {
		return errUsage{fmt.Sprintf("填写模板只有 xlsx 格式,没有 %s", k.format)}
	}
	return k.writeTo(func(w io.Writer) error { return exchange.Template(w, kind) })
}

// exportOfficial writes a table that ships with the program; it needs no county.
func (k *call) exportOfficial(words []string, book string) error {
	if len(words) != 1 {
		return errUsage{"请指明官方表格:" + strings.Join(exchange.OfficialNames(), "、")}
	}
	if book != "" {
		return errUsage{"官方表格不分账套,不用 --book"}
	}
	return k.writeTo(func(w io.Writer) error { return exchange.Official(w, words[0], k.sheetFormat()) })
}

// sheetFormat is the format of a table; text is for people, who read CSV.
func (k *call) sheetFormat() string {
	if k.format == "text" {
		return sheet.CSV
	}
	return k.format
}

func (k *call) exportKind(tx *store.Tx, by identity.Actor, kind exchange.Kind, book string) error {
	format := k.sheetFormat()
	return k.writeTo(func(w io.Writer) error {
		if book != "" {
			return exchange.ExportBook(tx, by, kind, book, w, format)
		}
		return exchange.Export(tx, by, kind, w, format)
	})
}
