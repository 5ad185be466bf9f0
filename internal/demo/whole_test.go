package demo_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/demo"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// county is the whole county, built once, with its books.
type county struct {
	db    *store.DB
	sum   demo.Summary
	books []ledger.Book
}

// times: each month was closed in the first days after it, one after another, and after its vouchers were posted; nobody
// did anything after the business date.
func (c *county) times(t *testing.T) {
	end := calendar.Instant(demo.BusinessDate.AddDays(1).Time().Add(-8 * time.Hour))
	read(t, c.db, func(tx *store.Tx) error {
		for _, table := range []string{"trail", "month_close"} {
			late := 0
			if err := tx.QueryRow(`select count(*) from `+table+` where county_id = $1 and at >= $2`, demo.County, end).Scan(&late); err != nil || late > 0 {
				t.Errorf("%s: %d rows after the business date (%v)", table, late, err)
			}
		}
		closings := 0
		for _, b := range c.office(t) {
			history, err := ledger.CloseHistory(tx, b)
			if err != nil {
				return err
			}
			before := ""
			for _, r := range slices.Backward(history) {
				if r.Act != "close" {
					continue
				}
				closings++
				posted := ""
				err := tx.QueryRow(`select coalesce(max(posted_at), '') from voucher where county_id = $1 and book_id = $2 and period = $3`,
					demo.County, b.ID, string(r.Period)).Scan(&posted)
				at, bad := calendar.ParseInstant(r.At)
				if day := calendar.DateOf(at); err != nil || bad != nil || r.At <= before || posted >= r.At || day <= r.Period.Last() || day > r.Period.Last().AddDays(7) {
					t.Errorf("%s %s was closed %s, the month before %s, its last voucher posted %s", b.Name, r.Period, r.At, before, posted)
				}
				before = r.At
			}
		}
		if closings < 36*20 {
			t.Errorf("%d closings", closings)
		}
		return nil
	})
}

func (c *county) office(t *testing.T) []ledger.Book {
	t.Helper()
	books := slices.DeleteFunc(slices.Clone(c.books), func(b ledger.Book) bool { return !strings.HasPrefix(b.Code, "101") })
	if len(books) != 36 {
		t.Fatalf("the office keeps %d books, want 36", len(books))
	}
	return books
}

func (c *county) book(t *testing.T, code string) ledger.Book {
	t.Helper()
	for _, b := range c.books {
		if b.Code == code {
			return b
		}
	}
	t.Fatalf("no book %s", code)
	return ledger.Book{}
}

func TestWhole(t *testing.T) {
	c := &county{db: storetest.One(t)}
	c.sum = build(t, c.db, demo.Whole)
	read(t, c.db, func(tx *store.Tx) (err error) {
		c.books, err = ledger.ListBooks(tx, demo.County, "/")
		return err
	})
	t.Run("counts", c.counts)
	t.Run("verify", func(t *testing.T) { verify(t, c.db) })
	t.Run("times in order", c.times)
	t.Run("no money below zero", c.money)
	t.Run("villages on trust", c.trust)
	t.Run("grants", c.grants)
	t.Run("statements", c.statements)
	t.Run("states", c.states)
	t.Run("people", c.people)
	t.Run("signing in", c.signIn)
	t.Run("names", c.names)
	t.Run("closed months", c.closed)
}

func (c *county) counts(t *testing.T) {
	var villages, towns int
	for _, b := range c.books {
		switch b.Chart {
		case ledger.Village:
			villages++
		case ledger.GeneralBudget:
			towns++
		}
	}
	if towns != 36 || villages < 380 || villages > 420 {
		t.Errorf("%d townships, %d villages", towns, villages)
	}
	if c.sum.Vouchers < 10_000 || c.sum.Drafts < 40 {
		t.Errorf("%d vouchers, %d drafts", c.sum.Vouchers, c.sum.Drafts)
	}
	for _, b := range c.office(t) {
		for year := 2025; year <= 2026; year++ {
			read(t, c.db, func(tx *store.Tx) error {
				heads, err := ledger.ListVouchers(tx, b, calendar.PeriodOf(year, 1), calendar.PeriodOf(year, 12))
				if len(heads) < 60 {
					t.Errorf("%s has %d vouchers in %d", b.Name, len(heads), year)
				}
				return err
			})
		}
	}
}

// money walks every book day by day: no cash, bank or treasury account stands below zero at any day's end.
func (c *county) money(t *testing.T) {
	accounts := []string{"100102", "100201", "100203", "1302", "101", "102", "1001"}
	for _, b := range c.books {
		read(t, c.db, func(tx *store.Tx) error {
			combinations, err := ledger.Combinations(tx, demo.County)
			if err != nil {
				return err
			}
			opening, _, err := ledger.Balances(tx, demo.County, []ledger.Book{b}, b.Start, b.Start)
			if err != nil {
				return err
			}
			stands := map[string]money.Fen{}
			for id, m := range opening {
				stands[combinations[id].Account] += m.Opening
			}
			var day calendar.Date
			end := func() {
				for _, a := range accounts {
					if stands[a] < 0 && !(b.Chart == ledger.Government && a == "101") {
						t.Errorf("%s: account %s stands at %s on %s", b.Name, a, stands[a], day)
					}
				}
			}
			var entries []ledger.EntryRow
			err = ledger.Entries(tx, b, b.Start, "2026-10", func(e ledger.EntryRow) error {
				entries = append(entries, e)
				return nil
			})
			slices.SortStableFunc(entries, func(a, b ledger.EntryRow) int { return strings.Compare(string(a.Date), string(b.Date)) })
			for _, e := range entries {
				if e.Date != day {
					end()
					day = e.Date
				}
				stands[combinations[e.Combination].Account] += e.Debit - e.Credit
			}
			end()
			return err
		})
	}
}

// balance gives what an account stands at at the end of a month, debit positive, by party where it has one.
func (c *county) balance(t *testing.T, books []ledger.Book, account string, at calendar.Period) (sum money.Fen) {
	t.Helper()
	read(t, c.db, func(tx *store.Tx) error {
		moves, _, err := ledger.Balances(tx, demo.County, books, at, at)
		if err != nil {
			return err
		}
		combinations, err := ledger.Combinations(tx, demo.County)
		for id, m := range moves {
			if strings.HasPrefix(combinations[id].Account, account) {
				sum += m.Balance()
			}
		}
		return err
	})
	return sum
}

// trust compares, at every month's end, the villages' banks with the office's entrusted account.
func (c *county) trust(t *testing.T) {
	villages := slices.DeleteFunc(c.office(t), func(b ledger.Book) bool { return b.Chart != ledger.Village })
	office := []ledger.Book{c.book(t, "101102")}
	for p := calendar.Period("2025-01"); p <= "2026-10"; p = p.Next() {
		want := c.balance(t, villages, "102", p)
		if got := c.balance(t, office, "100201", p); got != want {
			t.Errorf("%s: villages' banks %s, entrusted account %s", p, want, got)
		}
		if got := c.balance(t, office, "2901", p); got != -want {
			t.Errorf("%s: villages' banks %s, owed on trust %s", p, want, got)
		}
	}
}

// grants compares what the general budget paid under the stations' functions with what they booked as grants.
func (c *county) grants(t *testing.T) {
	stations := slices.DeleteFunc(c.office(t), func(b ledger.Book) bool { return b.Chart != ledger.Government })
	var paid, booked money.Fen
	read(t, c.db, func(tx *store.Tx) error {
		err := ledger.Entries(tx, c.book(t, "101001"), "2025-01", "2026-09", func(e ledger.EntryRow) error {
			if strings.HasPrefix(e.Summary, "列支") {
				paid += e.Credit
			}
			return nil
		})
		if err != nil {
			return err
		}
		combinations, err := ledger.Combinations(tx, demo.County)
		for _, b := range stations {
			err := ledger.Entries(tx, b, "2025-01", "2026-09", func(e ledger.EntryRow) error {
				if e.Kind == ledger.Ordinary && strings.HasPrefix(combinations[e.Combination].Account, "4001") {
					booked += e.Credit - e.Debit
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return err
	})
	if paid != booked || paid == 0 {
		t.Errorf("the general budget paid %s, stations booked %s", paid, booked)
	}
}

// statements makes every form of the office's books and wants each to agree with itself.
func (c *county) statements(t *testing.T) {
	for _, b := range c.office(t) {
		names := map[ledger.ChartName][]string{
			ledger.Government:    {"trial-balance", "balance-sheet", "income-expense", "budget-income-expense", "budget-carry-over"},
			ledger.Village:       {"trial-balance", "village-balance-sheet", "village-income-distribution"},
			ledger.GeneralBudget: {"trial-balance", "general-budget"},
		}[b.Chart]
		for _, name := range names {
			for _, to := range []calendar.Period{"2025-12", "2026-09"} {
				read(t, c.db, func(tx *store.Tx) error {
					r, err := statement.Make(tx, statement.Request{
						Name: name, Books: []ledger.Book{b}, From: calendar.PeriodOf(to.Year(), 1), To: to,
					})
					if err == nil && !r.Balanced {
						t.Errorf("%s of %s to %s: %v", name, b.Name, to, r.Differences)
					}
					return err
				})
			}
		}
	}
}

// states wants vouchers of the current month in every state, a red twin, a returned one with its reason.
func (c *county) states(t *testing.T) {
	read(t, c.db, func(tx *store.Tx) error {
		found := map[document.State]int{}
		for _, b := range c.office(t) {
			drafts, err := ledger.ListDrafts(tx, identity.Actor{Grants: []identity.Grant{{Role: identity.Auditor, Path: b.Path}}}, b, "")
			if err != nil {
				return err
			}
			for _, d := range drafts {
				found[d.State]++
			}
		}
		for _, s := range []document.State{ledger.Draft, ledger.Submitted, ledger.Checked, ledger.Returned, ledger.Voided} {
			if found[s] == 0 {
				t.Errorf("no voucher is %s: %v", s, found)
			}
		}
		heads, err := ledger.ListVouchers(tx, c.book(t, "101101"), "2026-10", "2026-10")
		twins := 0
		for _, h := range heads {
			if h.Reverses != nil {
				twins++
			}
		}
		if twins != 1 {
			t.Errorf("%d red twins, want 1", twins)
		}
		return err
	})
}

func (c *county) people(t *testing.T) {
	first := map[identity.Role]int{}
	for _, p := range c.sum.People {
		if p.First {
			first[p.Role]++
		}
	}
	for _, r := range identity.Roles() {
		want := 1
		if r == identity.Accountant {
			want = 2
		}
		if first[r] != want {
			t.Errorf("%d people to try as %s, want %d", first[r], r.Title(), want)
		}
	}
	read(t, c.db, func(tx *store.Tx) error {
		accountant, err := identity.ByName(tx, demo.County, "liuxi.kuaiji1")
		if err != nil {
			return err
		}
		books, err := ledger.VisibleBooks(tx, accountant)
		if len(books) != 36 {
			t.Errorf("the accountant sees %d books", len(books))
		}
		return err
	})
}

// signIn wants the button of the demonstration to work, and no password.
func (c *county) signIn(t *testing.T) {
	ctx := context.Background()
	for _, password := range []string{"", "liuxi.kuaiji1"} {
		_, err := identity.SignIn(ctx, c.db, identity.Credentials{County: demo.County, Name: "liuxi.kuaiji1", Password: password})
		if !fault.HasCode(err, "sign-in-wrong") {
			t.Errorf("the password %q: %v", password, err)
		}
	}
	err := c.db.Write(ctx, func(tx *store.Tx) error {
		_, err := identity.SignInAs(tx, demo.County, "liuxi.kuaiji1")
		return err
	})
	if err != nil {
		t.Error(err)
	}
	read(t, c.db, func(tx *store.Tx) error {
		var real int
		err := tx.QueryRow(`select count(*) from person where county_id = $1 and substr(id_masked, 1, 2) <> '99'`, demo.County).Scan(&real)
		if real > 0 {
			t.Errorf("%d people have numbers of a region that exists", real)
		}
		return err
	})
}

// names wants no township to bear the name of a real county or district, and no village a name twice.
func (c *county) names(t *testing.T) {
	real := realCounties(t)
	if len(real) < 2000 || !real["苍南"] {
		t.Fatalf("read %d names of counties", len(real))
	}
	if real[strings.TrimSuffix(demo.Name, "县")] {
		t.Errorf("there is a real %s", demo.Name)
	}
	villages := map[string]bool{}
	for _, b := range c.books {
		switch b.Chart {
		case ledger.GeneralBudget:
			if real[strings.TrimRight(b.UnitName, "镇乡")] {
				t.Errorf("%s bears the name of a real county", b.UnitName)
			}
		case ledger.Village:
			key := b.Code[:3] + b.Name
			if villages[key] {
				t.Errorf("a township has two villages called %s", b.Name)
			}
			villages[key] = true
		}
	}
}

// realCounties reads the names of counties and districts, without what kind they are, from the official table.
func realCounties(t *testing.T) map[string]bool {
	t.Helper()
	f, err := os.Open("../standard/data/divisions.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	lines := bufio.NewScanner(plain)
	for lines.Scan() {
		if code, name, _ := strings.Cut(lines.Text(), ","); len(code) == 6 {
			names[strings.TrimRight(name, "县市区")] = true
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return names
}

func (c *county) closed(t *testing.T) {
	through := map[calendar.Period]int{}
	for _, b := range c.office(t) {
		through[b.ClosedThrough]++
	}
	if through["2026-09"] != 30 || through["2026-08"] != 5 || through["2026-07"] != 1 {
		t.Errorf("closed through %v", through)
	}
	read(t, c.db, func(tx *store.Tx) error {
		history, err := ledger.CloseHistory(tx, c.book(t, "101201"))
		reopened := slices.ContainsFunc(history, func(r ledger.CloseRecord) bool { return r.Act == "reopen" && r.Period == "2026-08" })
		if !reopened {
			t.Error("August of 清溪村 was not opened again")
		}
		return err
	})
}
