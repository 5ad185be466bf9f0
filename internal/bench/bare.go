package bench

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver, registered as "pgx"
	_ "modernc.org/sqlite"             // the driver, registered as "sqlite"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// bareCommit is how many vouchers the bare loop writes per commit: as many as there are callers beside it.
const bareCommit = 32

// bareTable writes rows of one table by multi-row inserts, as plainly as SQL can.
type bareTable struct {
	name     string
	columns  string
	conflict string
	width    int
}

var bareTables = []bareTable{
	{"counter", "county_id, name, value", " on conflict (county_id, name) do update set value = counter.value + excluded.value", 3},
	{"document", "county_id, document_id, kind, state, version, unit_id, chain_id, ref, duties, updated_at", "", 10},
	{"voucher", "county_id, book_id, period, word, number, document_id, date, kind, attachments, summary, amount, reverses, source, note, maker_id, checker_id, poster_id, posted_at", "", 18},
	{"entry", "county_id, book_id, period, word, number, line, combination_id, summary, debit, credit", "", 10},
	{"trail", "county_id, document_id, version, step, person_id, at, reason, leaf, position", "", 9},
	{"balance", "county_id, book_id, period, combination_id, kind, debit, credit",
		" on conflict (county_id, book_id, period, combination_id, kind) do update set debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit", 7},
	{"total", "county_id, period, chart, account, function, kind, debit, credit",
		" on conflict (county_id, period, chart, account, function, kind) do update set debit = total.debit + excluded.debit, credit = total.credit + excluded.credit", 8},
}

// bareRate writes the same rows as posting does, made ready beforehand, in a loop without any rule: what the engine
// itself can take.
func bareRate(ctx context.Context, o Options, c *county, target string, n int) (float64, error) {
	driver, dsn := "pgx", target
	if o.Database == "" {
		fresh, file, err := o.open(ctx, "bare", 64)
		if err != nil {
			return 0, err
		}
		if _, err := newCounty(ctx, fresh); err != nil {
			return 0, err
		}
		fresh.Close()
		driver, dsn = "sqlite", "file:"+file+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(25000)&_pragma=cache_size(-65536)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	w := &bareWriter{county: c, conn: conn, random: rand.New(rand.NewPCG(4, 0)), numbers: map[string]int64{}, ids: map[string]int64{}, prepared: map[string]*sql.Stmt{}, postgres: o.Database != ""}
	leaf, err := w.sampleLeaf(ctx)
	if err != nil {
		return 0, err
	}
	var spent time.Duration
	for done := 0; done < n; done += bareCommit {
		rows := w.rows(leaf)
		start := time.Now()
		if err := w.commit(ctx, rows); err != nil {
			return 0, err
		}
		spent += time.Since(start)
	}
	return float64(n) / spent.Seconds(), nil
}

type bareWriter struct {
	county   *county
	conn     *sql.Conn
	random   *rand.Rand
	numbers  map[string]int64
	ids      map[string]int64
	prepared map[string]*sql.Stmt
	postgres bool
}

// sampleLeaf gives a leaf as long as the real ones, from a voucher that was posted.
func (w *bareWriter) sampleLeaf(ctx context.Context) (leaf string, err error) {
	err = w.county.db.Read(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(`select leaf from trail where county_id = $1 and step = 'post-at-once' limit 1`, w.county.id).Scan(&leaf)
	})
	return leaf, err
}

// bareNumbers keeps the bare loop's vouchers apart from those posted beside it.
const bareNumbers = 1_000_000_000

// rows makes the rows of one commit: balances and totals added up first, as posting does.
func (w *bareWriter) rows(leaf string) map[string][][]any {
	out := map[string][][]any{}
	sums := map[string]map[string][]any{"balance": {}, "total": {}}
	move := func(table, key string, debit, credit int64, row ...any) {
		if old := sums[table][key]; old != nil {
			old[len(old)-2] = old[len(old)-2].(int64) + debit
			old[len(old)-1] = old[len(old)-1].(int64) + credit
			return
		}
		sums[table][key] = append(row, debit, credit)
		out[table] = append(out[table], sums[table][key])
	}
	for range bareCommit {
		v := w.county.voucher(w.random)
		id, at := document.NewID(), "2026-12-20T02:00:00.000Z"
		p := string(v.Date.Period())
		name := fmt.Sprintf("bare/%d/%s/记", v.Book, p)
		w.numbers[name]++
		number := bareNumbers + w.numbers[name]
		out["counter"] = append(out["counter"], []any{w.county.id, fmt.Sprintf("%s/%d", name, number%7), int64(1)})
		out["document"] = append(out["document"], []any{w.county.id, id, "voucher", "posted", 1, 1, nil,
			ledger.Ref(v.Book, ledger.Number{Period: calendar.Period(p), Word: "记", Number: number}), "M:1,C:2,B:1", at})
		out["voucher"] = append(out["voucher"], []any{w.county.id, v.Book, p, "记", number, id, string(v.Date), "ordinary", 2,
			v.Lines[0].Summary, int64(v.Lines[0].Debit), nil, "", "", 1, 2, 1, at})
		out["trail"] = append(out["trail"], []any{w.county.id, id, 1, "post-at-once", 1, at, nil, leaf, nil})
		for i, l := range v.Lines {
			combination := w.combination(v.Book, l)
			out["entry"] = append(out["entry"], []any{w.county.id, v.Book, p, "记", number, i + 1, combination, l.Summary, int64(l.Debit), int64(l.Credit)})
			move("balance", fmt.Sprint(v.Book, p, combination), int64(l.Debit), int64(l.Credit), w.county.id, v.Book, p, combination, "ordinary")
			move("total", p+l.Account+l.Dims.Function, int64(l.Debit), int64(l.Credit), w.county.id, p, "government", l.Account, l.Dims.Function, "ordinary")
		}
	}
	out["counter"] = uniqueCounters(out["counter"])
	return out
}

func uniqueCounters(rows [][]any) (out [][]any) {
	seen := map[any]bool{}
	for _, r := range rows {
		if !seen[r[1]] {
			seen[r[1]] = true
			out = append(out, r)
		}
	}
	return out
}

func (w *bareWriter) combination(book int64, l ledger.Line) int64 {
	key := fmt.Sprint(l.Account, l.Dims)
	if w.ids[key] == 0 {
		w.ids[key] = int64(len(w.ids) + 1)
	}
	return w.ids[key]
}

func (w *bareWriter) commit(ctx context.Context, rows map[string][][]any) error {
	if _, err := w.conn.ExecContext(ctx, "begin"); err != nil {
		return err
	}
	for _, t := range bareTables {
		if err := w.insert(ctx, t, rows[t.name]); err != nil {
			return fmt.Errorf("bare %s: %w", t.name, err)
		}
	}
	_, err := w.conn.ExecContext(ctx, "commit")
	return err
}

func (w *bareWriter) insert(ctx context.Context, t bareTable, rows [][]any) error {
	for len(rows) > 0 {
		n := 1
		if len(rows) >= 16 {
			n = 16
		}
		query := t.sql(n, w.postgres)
		s := w.prepared[query]
		if s == nil {
			var err error
			if s, err = w.conn.PrepareContext(ctx, query); err != nil {
				return err
			}
			w.prepared[query] = s
		}
		args := make([]any, 0, n*t.width)
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := s.ExecContext(ctx, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// sql is one multi-row insert; SQLite takes parameters without names faster.
func (t bareTable) sql(rows int, postgres bool) string {
	p := 0
	row := func() string {
		marks := make([]string, t.width)
		for i := range marks {
			p++
			marks[i] = "?"
			if postgres {
				marks[i] = fmt.Sprintf("$%d", p)
			}
		}
		return "(" + strings.Join(marks, ", ") + ")"
	}
	all := make([]string, rows)
	for i := range all {
		all[i] = row()
	}
	return fmt.Sprintf("insert into %s (%s) values %s%s", t.name, t.columns, strings.Join(all, ", "), t.conflict)
}
