package paper

import (
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// vouchersMost bounds one PDF, so that a whole year does not stand in memory.
const vouchersMost = 2000

// gatherer turns the vouchers of one book into what is printed.
type gatherer struct {
	tx    *store.Tx
	book  ledger.Book
	chart *ledger.Chart
	names map[int64]string
	then  map[calendar.Date]ledger.Book // the book as it was called, and whose it was, on a day
}

// asOf gives the book of a day: what is printed later names unit and book as they were.
func (g *gatherer) asOf(day calendar.Date) (ledger.Book, error) {
	if b, ok := g.then[day]; ok {
		return b, nil
	}
	b, err := ledger.AsOf(g.tx, g.book, day)
	g.then[day] = b
	return b, err
}

func newGatherer(tx *store.Tx, b ledger.Book, year int) (*gatherer, error) {
	chart, err := ledger.ChartOf(tx, b, year)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, b.County)
	return &gatherer{tx, b, chart, names, map[calendar.Date]ledger.Book{}}, err
}

// Gather gives the posted vouchers of a range as they are printed, and with unposted those too that have a number but are
// not posted yet and that the reader sees, each marked with its state.
func Gather(tx *store.Tx, by identity.Actor, b ledger.Book, r ledger.Range, unposted bool) ([]Voucher, error) {
	g, err := newGatherer(tx, b, r.Period.Year())
	if err != nil {
		return nil, err
	}
	posted, err := ledger.ReadRange(tx, b, r, vouchersMost)
	if err != nil {
		return nil, err
	}
	var out []Voucher
	for _, p := range posted {
		v, err := g.posted(p)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	if !unposted {
		return out, nil
	}
	drafts, err := ledger.ListDrafts(tx, by, b, r.Period)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		if d.Number == 0 || !r.Has(ledger.Number{Period: r.Period, Word: d.Word, Number: d.Number}) {
			continue
		}
		v, err := g.draft(d)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b Voucher) int {
		if c := strings.Compare(a.Word, b.Word); c != 0 {
			return c
		}
		return int(a.Number - b.Number)
	})
	return out, nil
}

// GatherPosted gives one posted voucher as it is printed.
func GatherPosted(tx *store.Tx, b ledger.Book, p ledger.Posted) (Voucher, error) {
	g, err := newGatherer(tx, b, p.Date.Year())
	if err != nil {
		return Voucher{}, err
	}
	return g.posted(p)
}

// GatherDraft gives a voucher that is not posted as it is printed, marked with its state. What cannot be read as an
// amount is refused.
func GatherDraft(tx *store.Tx, b ledger.Book, d ledger.DraftVoucher) (Voucher, error) {
	g, err := newGatherer(tx, b, d.Period().Year())
	if err != nil {
		return Voucher{}, err
	}
	return g.draft(d)
}

func (g *gatherer) posted(p ledger.Posted) (Voucher, error) {
	b, err := g.asOf(p.Date)
	if err != nil {
		return Voucher{}, err
	}
	v := Voucher{
		Unit: b.UnitName, Book: b.Name, Date: p.Date, Word: p.Number.Word, Number: p.Number.Number, Attachments: p.Attachments,
		Halves: g.halves(p.Lines), Note: note(p.Note, p.Reverses),
	}
	v.Signed, err = g.signs(p.Document, p.Maker, p.Checker, p.Poster, p.PostedAt)
	return v, err
}

func (g *gatherer) draft(d ledger.DraftVoucher) (Voucher, error) {
	read, err := d.Voucher()
	if err != nil {
		return Voucher{}, err
	}
	b, err := g.asOf(read.Date)
	if err != nil {
		return Voucher{}, err
	}
	v := Voucher{
		Unit: b.UnitName, Book: b.Name, Date: read.Date, Word: d.Word, Number: d.Number, Attachments: d.Attachments,
		Mark: ledger.VoucherKind.States[d.State], Halves: g.halves(read.Lines), Note: note(d.Note, d.Reverses),
	}
	v.Signed, err = g.signs(d.Document, d.Maker, 0, 0, "")
	return v, err
}

func note(text string, reverses *ledger.Number) string {
	if reverses == nil {
		return text
	}
	return strings.TrimSuffix("红字冲销 "+reverses.Period.Chinese()+" "+reverses.Label()+";"+text, ";")
}

// halves puts the lines into their halves; a line whose account the chart does not have stays where the one before it is.
func (g *gatherer) halves(lines []ledger.Line) []Half {
	halves := []Half{{Title: ledger.Financial.Title()}, {Title: ledger.Budgetary.Title()}}
	if !g.chart.TwoHalves() {
		halves = []Half{{}}
	}
	at := 0
	for _, l := range lines {
		line := Line{Summary: l.Summary, Account: l.Account, Debit: l.Debit, Credit: l.Credit}
		half := l.Half
		if a, ok := g.chart.Account(l.Account); ok {
			line.Account, line.Dims, half = a.Code+" "+a.FullName, g.dims(a, l.Dims), a.Half
		}
		if len(halves) == 2 && half != "" {
			at = 0
			if half == ledger.Budgetary {
				at = 1
			}
		}
		halves[at].Lines = append(halves[at].Lines, line)
	}
	kept := slices.DeleteFunc(halves, func(h Half) bool { return len(h.Lines) == 0 })
	if len(kept) == 0 {
		return []Half{{}}
	}
	return kept
}

// dims writes the dimensions as codes with their names.
func (g *gatherer) dims(a *ledger.Account, d ledger.Dims) string {
	var parts []string
	for _, r := range a.Requires {
		code := d.Get(r.Dimension)
		if code == "" {
			continue
		}
		if class, ok := g.chart.Class(r.Values, code); ok {
			code = class.Code + " " + class.Name
		}
		parts = append(parts, code)
	}
	return strings.Join(parts, " · ")
}

// signs gives the signature line. The head of accounting and the cashier sign by hand; the others with the steps that
// they took: the last submitting, checking and posting.
func (g *gatherer) signs(document string, maker, checker, poster int64, postedAt string) ([]Sign, error) {
	rows, err := trail.List(g.tx, g.book.County, document)
	if err != nil {
		return nil, err
	}
	made, checked, posted := Sign{Duty: "制单"}, Sign{Duty: "审核"}, Sign{Duty: "记账"}
	taken := map[*Sign]int64{}
	take := func(s *Sign, r trail.Row) {
		s.Name, s.At, taken[s] = identity.ActingName(g.names, r.Person, r.For), clock(r.At), r.Person
	}
	for _, r := range rows {
		switch r.Step {
		case "check":
			take(&checked, r)
		case "return":
			checked.Name, checked.At, taken[&checked] = "", "", 0
		case "post":
			take(&posted, r)
		case "void":
		default:
			take(&made, r)
		}
	}
	for _, s := range []struct {
		sign   *Sign
		person int64
	}{{&made, maker}, {&checked, checker}, {&posted, poster}} {
		if s.person != 0 && taken[s.sign] != s.person { // brought in or posted at once, not step by step
			s.sign.Name, s.sign.At = g.names[s.person], ""
			if postedAt != "" && s.sign == &posted {
				s.sign.At = clock(postedAt)
			}
		}
	}
	return []Sign{{Duty: "会计主管"}, posted, checked, {Duty: "出纳"}, made}, nil
}

// clock writes a stored instant to the minute, as people of the county read it.
func clock(instant string) string {
	t, err := calendar.ParseInstant(instant)
	if err != nil {
		return instant
	}
	return t.In(calendar.Beijing).Format("2006-01-02 15:04")
}
