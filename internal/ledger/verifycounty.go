package ledger

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// checkStrays finds rows of books that there are none of, which no book's own check would read. Each table is walked
// from one book to the next along its key, not row by row.
func checkStrays(tx *store.Tx, county int64, v *Verification) error {
	for _, table := range []string{"voucher", "entry", "balance", "month_close"} {
		rows, err := tx.Query(`with recursive held (book_id) as (
			select min(book_id) from `+table+` where county_id = $1
			union all select (select min(x.book_id) from `+table+` x where x.county_id = $1 and x.book_id > held.book_id)
				from held where held.book_id is not null)
			select h.book_id from held h left join book b on b.county_id = $1 and b.book_id = h.book_id
			where h.book_id is not null and b.book_id is null`, county)
		if err != nil {
			return err
		}
		err = eachText(rows, func(book string) {
			v.violate("books", "账套 "+book, "没有这个账套,但表 %s 中有它的数据", table)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkDocuments proves that documents and vouchers are one to one. Each voucher has a leaf that names its document and
// its number, as its book's check shows, and readLeaves finds every leaf's document; so it is enough that there are as
// many documents as vouchers.
func checkDocuments(tx *store.Tx, county int64, v *Verification) error {
	var documents, vouchers int64
	err := tx.QueryRow(`select (select count(*) from document where county_id = $1 and kind = 'voucher' and state = 'posted'),
		(select count(*) from voucher where county_id = $1)`, county).Scan(&documents, &vouchers)
	if err != nil || documents == vouchers {
		return err
	}
	rows, err := tx.Query(`select ref from document where county_id = $1 and kind = 'voucher' and state = 'posted'
		except select cast(book_id as text) || '|' || period || '|' || word || '|' || cast(number as text)
		from voucher where county_id = $1 order by ref`, county)
	if err != nil {
		return err
	}
	return eachText(rows, func(ref string) {
		v.violate("documents", "凭证 "+ref, "单据已记账,但总账中没有这张凭证")
	})
}

// openingKey is a book's year by its opening period.
type openingKey struct {
	book   int64
	period calendar.Period
}

func (k openingKey) where() string {
	return fmt.Sprintf("账套 %d %d 年年初", k.book, k.period.Year())
}

// checkOpeningLeaves compares the stored openings with the leaves of the documents that set them: the last one where
// the opening was set again.
func checkOpeningLeaves(tx *store.Tx, county int64, v *Verification) error {
	stored, err := storedOpenings(tx, county)
	if err != nil {
		return err
	}
	leaves, err := readLeaves(tx, county, v)
	if err != nil {
		return err
	}
	if err := checkClosedYears(tx, county, leaves, v); err != nil {
		return err
	}
	keys := maps.Clone(stored)
	for k := range leaves {
		keys[k] = stored[k]
	}
	for k, balances := range keys {
		last := leaves[k]
		switch {
		case last.at == "" && len(balances) > 0:
			v.violate("openings", k.where(), "年初余额没有存证")
		case last.at != "" && !slices.Contains(last.rows, trail.Digest(openingRows(k.book, k.period, balances))):
			v.violate("openings", k.where(), "年初余额与存证的摘要不符")
		}
	}
	return nil
}

func storedOpenings(tx *store.Tx, county int64) (map[openingKey]map[int64]money.Fen, error) {
	rows, err := tx.Query(`select book_id, period, combination_id, cast(sum(debit - credit) as bigint) from balance
		where county_id = $1 and substr(period, 6) = '00' group by book_id, period, combination_id`, county)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[openingKey]map[int64]money.Fen{}
	for rows.Next() {
		var k openingKey
		var id int64
		var fen money.Fen
		if err := rows.Scan(&k.book, &k.period, &id, &fen); err != nil {
			return nil, err
		}
		if fen == 0 {
			continue // set again without it
		}
		if all[k] == nil {
			all[k] = map[int64]money.Fen{}
		}
		all[k][id] = fen
	}
	return all, rows.Err()
}

// openingLeaf is the last leaf of an opening: its instant, and the rows of all leaves of that instant.
type openingLeaf struct {
	at     string
	closed bool // made by closing the year before
	rows   []string
}

// readLeaves walks the leaves once, beside their documents: it gives those of openings, and finds postings whose
// document is gone.
func readLeaves(tx *store.Tx, county int64, v *Verification) (map[openingKey]openingLeaf, error) {
	rows, err := tx.Query(`select t.document_id, coalesce(d.kind, ''), coalesce(d.ref, ''), t.at, t.leaf from trail t
		left join document d on d.county_id = t.county_id and d.document_id = t.document_id
		where t.county_id = $1 and (t.step in ('post', 'post-at-once') and coalesce(d.state, '') <> 'posted'
			or t.step in ('enter', 'close') and d.kind in ('opening', 'year-close'))`, county)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[openingKey]openingLeaf{}
	for rows.Next() {
		var id, kind, ref, at, leaf string
		if err := rows.Scan(&id, &kind, &ref, &at, &leaf); err != nil {
			return nil, err
		}
		if kind != OpeningKind.Name && kind != YearKind.Name {
			v.violate("documents", "单据 "+id, "有记账的存证,但没有已记账的单据")
			continue
		}
		book, period, _ := strings.Cut(ref, "|")
		number, err := strconv.ParseInt(book, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("opening %q: %w", ref, err)
		}
		k := openingKey{number, calendar.Period(period)}
		last := all[k]
		if at > last.at {
			last.at, last.rows = at, nil
		}
		if at == last.at {
			last.rows = append(last.rows, trail.RowsOf(leaf))
		}
		last.closed = last.closed || kind == YearKind.Name
		all[k] = last
	}
	return all, rows.Err()
}

// checkClosedYears compares the years that are marked as carried over with the documents that did so.
func checkClosedYears(tx *store.Tx, county int64, leaves map[openingKey]openingLeaf, v *Verification) error {
	rows, err := tx.Query(`select book_id, year from book_year where county_id = $1 and closed_at is not null`, county)
	if err != nil {
		return err
	}
	defer rows.Close()
	marked := map[openingKey]bool{}
	for rows.Next() {
		var book int64
		var year int
		if err := rows.Scan(&book, &year); err != nil {
			return err
		}
		k := openingKey{book, calendar.PeriodOf(year+1, 0)}
		marked[k] = true
		if !leaves[k].closed {
			v.violate("openings", k.where(), "上年标记为已结转,但没有年终结账的存证")
		}
	}
	for k, leaf := range leaves {
		if leaf.closed && !marked[k] {
			v.violate("openings", k.where(), "上年已年终结账,但没有结转标记")
		}
	}
	return rows.Err()
}

// openingRows gives the canonical rows of an opening, whose SHA-256 the leaf of its document holds. A balance of zero
// is no row.
func openingRows(book int64, period calendar.Period, balances map[int64]money.Fen) []byte {
	ids := slices.DeleteFunc(sortedIDs(balances), func(id int64) bool { return balances[id] == 0 })
	o := trail.NewObject()
	o.Objects("balances", len(ids), func(i int, inner *trail.Object) {
		inner.Int("combination", ids[i]).Int("fen", int64(balances[ids[i]]))
	})
	o.Int("book", book).Text("period", string(period))
	return o.Bytes()
}

func eachText(rows *sql.Rows, each func(string)) error {
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		each(text)
	}
	return rows.Err()
}
