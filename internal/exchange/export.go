package exchange

import (
	"encoding/json"
	"fmt"
	"io"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// JSON is the format of Export beside those that sheets are written in: an array of objects by English head.
const JSON = "json"

// emit takes one row of an export, a value per column of the layout.
type emit func(row ...sheet.Value) error

// Export writes the rows of a kind that the actor may see, under the columns that Import takes.
func Export(tx *store.Tx, by identity.Actor, kind Kind, w io.Writer, format string) error {
	books, err := ledger.VisibleBooks(tx, by)
	if err == nil {
		err = export(tx, by, kind, books, w, format)
	}
	if err != nil {
		return fmt.Errorf("exchange.Export %s: %w", kind, err)
	}
	return nil
}

// ExportBook writes the rows of one book, for the kinds that are ByBook. A book that the actor may not see is not there.
func ExportBook(tx *store.Tx, by identity.Actor, kind Kind, code string, w io.Writer, format string) error {
	if err := exportBook(tx, by, kind, code, w, format); err != nil {
		return fmt.Errorf("exchange.ExportBook %s of %s: %w", kind, code, err)
	}
	return nil
}

func exportBook(tx *store.Tx, by identity.Actor, kind Kind, code string, w io.Writer, format string) error {
	if !ByBook(kind) {
		return fault.Newf(fault.Invalid, "export-not-by-book", "请不指明账套", "%s 不分账套导出", kind).In("book")
	}
	b, err := ledger.SeeByCode(tx, by, code)
	if err != nil {
		return err
	}
	return export(tx, by, kind, []ledger.Book{b}, w, format)
}

func export(tx *store.Tx, by identity.Actor, kind Kind, books []ledger.Book, w io.Writer, format string) error {
	x, err := find(kind)
	if err != nil {
		return err
	}
	rows := func(e emit) error { return x.export(tx, by, books, e) }
	if format == JSON {
		return exportJSON(w, x.layout, rows)
	}
	return exportSheet(w, x.layout, format, rows)
}

func exportSheet(w io.Writer, layout sheet.Layout, format string, rows func(emit) error) error {
	if format == sheet.CSV || format == sheet.CSVGBK {
		s := &csvStream{w: w, format: format, columns: layout.Columns}
		if err := rows(func(row ...sheet.Value) error { return s.add(row) }); err != nil {
			return err
		}
		return s.flush()
	}
	s := sheet.Sheet{Columns: layout.Columns}
	err := rows(func(row ...sheet.Value) error {
		if s.Rows = append(s.Rows, row); len(s.Rows) > sheet.MaxRows {
			return fault.Newf(fault.Refused, "export-too-many-rows", "请导出为 csv", "数据超过 %d 行,表格文件放不下", sheet.MaxRows)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return sheet.Write(w, format, s)
}

func exportJSON(w io.Writer, layout sheet.Layout, rows func(emit) error) error {
	separator := "["
	err := rows(func(row ...sheet.Value) error {
		if _, err := io.WriteString(w, separator); err != nil {
			return err
		}
		separator = ","
		return writeObject(w, layout.Columns, row)
	})
	if err != nil {
		return err
	}
	if separator == "[" {
		_, err = io.WriteString(w, "[]\n")
	} else {
		_, err = io.WriteString(w, "\n]\n")
	}
	return err
}

// writeObject keeps the order of the columns, which a map would lose.
func writeObject(w io.Writer, columns []sheet.Column, row []sheet.Value) error {
	text := []byte("\n{")
	for i, c := range columns {
		if i > 0 {
			text = append(text, ',')
		}
		value, err := json.Marshal(row[i].Plain())
		if err != nil {
			return err
		}
		text = fmt.Appendf(text, "%q:%s", c.Name, value)
	}
	_, err := w.Write(append(text, '}'))
	return err
}

// lastPeriod is after every month that has entries.
const lastPeriod = calendar.Period("9999-12")

// firstPeriod is before every month that has entries, and after a year's opening rows of the year 1.
const firstPeriod = calendar.Period("0001-01")

func exportVouchers(tx *store.Tx, by identity.Actor, books []ledger.Book, emit emit) error {
	combinations, err := ledger.Combinations(tx, by.County)
	if err != nil {
		return err
	}
	units, err := unitCodes(tx, by.County)
	if err != nil {
		return err
	}
	for _, b := range books {
		if err := exportVouchersOf(tx, b, combinations, units, emit); err != nil {
			return err
		}
	}
	return nil
}

func exportVouchersOf(tx *store.Tx, b ledger.Book, combinations map[int64]ledger.Combination, units map[int64]string, emit emit) error {
	heads, err := voucherHeads(tx, b)
	if err != nil {
		return err
	}
	return ledger.Entries(tx, b, firstPeriod, lastPeriod, func(e ledger.EntryRow) error {
		h, c := heads[e.Number], combinations[e.Combination]
		kind, reverses := "", ""
		if e.Kind == ledger.Closing {
			kind = closingWord
		}
		if h.reverses != nil {
			reverses = string(h.reverses.Period) + " " + h.reverses.Label()
		}
		return emit(
			sheet.Text(b.Code), sheet.Text(string(e.Date)), sheet.Text(e.Number.Word), sheet.Integer(e.Number.Number),
			sheet.Integer(h.attachments), sheet.Text(e.Summary), sheet.Text(c.Account), sheet.Text(c.Dims.Function),
			sheet.Text(c.Dims.Economic), sheet.Text(c.Dims.Project), sheet.Text(c.Dims.Fund), sheet.Text(c.Dims.Party),
			sheet.NonZero(e.Debit), sheet.NonZero(e.Credit), sheet.Text(kind), sheet.Text(reverses), sheet.Text(h.note), sheet.Text(units[c.Dims.Unit]),
		)
	})
}

// voucherHead is what an entry does not say of its voucher.
type voucherHead struct {
	attachments            int64
	reverses               *ledger.Number
	note                   string
	maker, checker, poster int64
}

func voucherHeads(tx *store.Tx, b ledger.Book) (map[ledger.Number]voucherHead, error) {
	rows, err := tx.Query(`select period, word, number, attachments, coalesce(reverses, ''), note, maker_id, checker_id, poster_id
		from voucher where county_id = $1 and book_id = $2`, b.County, b.ID)
	if err != nil {
		return nil, fmt.Errorf("vouchers of book %s: %w", b.Code, err)
	}
	defer rows.Close()
	heads := map[ledger.Number]voucherHead{}
	for rows.Next() {
		var n ledger.Number
		var h voucherHead
		var reverses string
		if err := rows.Scan(&n.Period, &n.Word, &n.Number, &h.attachments, &reverses, &h.note, &h.maker, &h.checker, &h.poster); err != nil {
			return nil, fmt.Errorf("vouchers of book %s: %w", b.Code, err)
		}
		if reverses != "" {
			of, err := ledger.ParseNumber(reverses)
			if err != nil {
				return nil, err
			}
			h.reverses = &of
		}
		heads[n] = h
	}
	return heads, rows.Err()
}

func exportOpening(tx *store.Tx, by identity.Actor, books []ledger.Book, emit emit) error {
	units, err := unitCodes(tx, by.County)
	if err != nil {
		return err
	}
	for _, b := range books {
		rows, err := openingOf(tx, b)
		if err != nil {
			return err
		}
		for _, r := range rows {
			d := r.Dims
			err := emit(sheet.Text(b.Code), sheet.Text(r.Account), sheet.Text(d.Function), sheet.Text(d.Economic), sheet.Text(d.Project),
				sheet.Text(d.Fund), sheet.Text(d.Party), sheet.NonZero(r.Debit), sheet.NonZero(r.Credit), sheet.Text(units[d.Unit]))
			if err != nil {
				return err
			}
		}
	}
	return nil
}
