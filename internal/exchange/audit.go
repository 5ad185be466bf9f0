package exchange

import (
	"archive/zip"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// Audit writes the tables that county audit platforms load, of the given books, as one zip of CSV in UTF-8: books,
// periods, accounts, auxiliary types and items, voucher lines with their auxiliary items, and the balances of accounts
// and of accounts by auxiliary item. The last file lists the others with their rows, control totals and SHA-256. Column
// names are those seen in such platforms; the element numbers of GB/T 24589 are not among them, because the text of its
// part 2 has not been seen. Rows are written as they are read.
func Audit(tx *store.Tx, w io.Writer, books []ledger.Book) error {
	a := &audit{tx: tx, zip: zip.NewWriter(w)}
	if err := a.load(ledger.Distinct(books)); err != nil {
		return fmt.Errorf("exchange.Audit: %w", err)
	}
	for _, t := range auditTables {
		if err := a.table(t); err != nil {
			return fmt.Errorf("exchange.Audit %s: %w", t.name, err)
		}
	}
	if err := a.manifest(); err != nil {
		return fmt.Errorf("exchange.Audit: %w", err)
	}
	if err := a.zip.Close(); err != nil {
		return fmt.Errorf("exchange.Audit: %w", err)
	}
	return nil
}

// auditTable is one file of the set.
type auditTable struct {
	name  string
	heads []string
	rows  func(a *audit, b auditBook) error
}

// audit is a set in the making.
type audit struct {
	tx           *store.Tx
	zip          *zip.Writer
	books        []auditBook
	names        map[int64]string // of persons
	combinations map[int64]ledger.Combination

	out  *csvStream // of the table being written
	done []auditFile
}

// auditBook is a book with the places that every row of it names.
type auditBook struct {
	ledger.Book
	unitCode     string
	township     string // code
	division     string // code
	divisionName string
}

// auditFile is a file that is written, for the manifest. debit and credit are the control totals of tables with
// amounts.
type auditFile struct {
	name          string
	rows          int64
	debit, credit money.Fen
	amounts       bool
	sum           string
}

func (a *audit) load(books []ledger.Book) error {
	var err error
	if len(books) == 0 {
		return nil
	}
	county := books[0].County
	if a.names, err = identity.Names(a.tx, county); err != nil {
		return err
	}
	if a.combinations, err = ledger.Combinations(a.tx, county); err != nil {
		return err
	}
	units, err := org.List(a.tx, county, "/", "")
	if err != nil {
		return err
	}
	byID := make(map[int64]org.Unit, len(units))
	for _, u := range units {
		byID[u.ID] = u
	}
	for _, b := range books {
		full := auditBook{Book: b, unitCode: byID[b.Unit].Code}
		for _, id := range org.Ancestors(b.Path) {
			u := byID[id]
			if u.Kind == org.Township {
				full.township = u.Code
			}
			if isDivision(u.Code) {
				full.division, full.divisionName = u.Code, u.Name
			}
		}
		a.books = append(a.books, full)
	}
	return nil
}

// isDivision tells a division code from a code that was given to a unit.
func isDivision(code string) bool {
	return strings.Trim(code, "0123456789") == "" && (len(code) == 6 || len(code) == 9 || len(code) == 12)
}

// table writes one file, book by book.
func (a *audit) table(t auditTable) error {
	return a.file(t.name, t.heads, func() error {
		for _, b := range a.books {
			if err := t.rows(a, b); err != nil {
				return fmt.Errorf("book %s: %w", b.Code, err)
			}
		}
		return nil
	})
}

func (a *audit) file(name string, heads []string, rows func() error) error {
	// The instant of the step, so that the same books give the same bytes.
	f, err := a.zip.CreateHeader(&zip.FileHeader{Name: name + ".csv", Method: zip.Deflate, Modified: a.tx.Now.Truncate(time.Second)})
	if err != nil {
		return err
	}
	hash := sha256.New()
	buffer := bufio.NewWriterSize(io.MultiWriter(f, hash), 64<<10)
	a.out = &csvStream{w: buffer, format: sheet.CSV, columns: columnsOf(heads)}
	a.done = append(a.done, auditFile{name: name + ".csv"})
	if err := rows(); err != nil {
		return err
	}
	if err := a.out.flush(); err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	a.done[len(a.done)-1].sum = hex.EncodeToString(hash.Sum(nil))
	return nil
}

func columnsOf(heads []string) []sheet.Column {
	columns := make([]sheet.Column, len(heads))
	for i, h := range heads {
		columns[i] = sheet.Column{Title: h}
	}
	return columns
}

// row writes one row of the table under way: words, counts and amounts.
func (a *audit) row(values ...any) error {
	a.done[len(a.done)-1].rows++
	row := make([]sheet.Value, len(values))
	for i, v := range values {
		switch v := v.(type) {
		case string:
			row[i] = sheet.Text(v)
		case money.Fen:
			row[i] = sheet.Amount(v)
		case int:
			row[i] = sheet.Integer(int64(v))
		case int64:
			row[i] = sheet.Integer(v)
		default:
			panic(fmt.Sprintf("exchange: a value of type %T", v))
		}
	}
	return a.out.add(row)
}

// total adds to the control totals of the table under way.
func (a *audit) total(debit, credit money.Fen) {
	f := &a.done[len(a.done)-1]
	f.amounts = true
	f.debit += debit
	f.credit += credit
}

// manifest lists the files. Its own hash is for whoever signs it.
func (a *audit) manifest() error {
	files := a.done
	return a.file("清单", []string{"文件", "行数", "借方合计", "贷方合计", "SHA-256"}, func() error {
		for _, f := range files {
			var debit, credit any = "", ""
			if f.amounts {
				debit, credit = f.debit, f.credit
			}
			if err := a.row(f.name, f.rows, debit, credit, f.sum); err != nil {
				return err
			}
		}
		return nil
	})
}

// years gives the years that a book has been kept in.
func (b auditBook) years() (years []int) {
	for y := b.Start.Year(); y <= b.Today.Year(); y++ {
		years = append(years, y)
	}
	return years
}
