package web

import (
	"cmp"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// pickPage lists the vouchers of a month of a book, to copy one or to take one back in red.
type pickPage struct {
	Base
	Book    ledger.Book // into which is written
	From    ledger.Book // whose vouchers are listed
	Books   []ledger.Book
	Reverse bool
	Period  calendar.Period
	Into    calendar.Period // month of the copy; empty: the current one
	Query   string
	Rows    []pickRow
	Left    int
}

// LastMonth is the month whose vouchers the form offers to copy.
func (p *voucherForm) LastMonth() calendar.Period { return calendar.Period(p.Period).Prev() }

type pickRow struct {
	Document string
	Path     string
	Label    string
	Date     string
	Summary  string
	Amount   money.Fen
	State    string
	maker    int64
	red      bool // takes another back, or is taken back
	posted   bool
}

// How many vouchers and books one page lists; a search narrows what is more.
const (
	pickMost      = 100
	pickBooksMost = 60
)

func pickVoucher(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	if err := c.actor.Require(b.Path, "录入凭证", voucherMakers...); err != nil {
		return answer{}, err
	}
	p := &pickPage{Book: b, From: b, Reverse: c.query("for") == "reverse", Query: c.query("q")}
	if p.Period, err = c.glance("period", b.Today.Period()); err != nil {
		return answer{}, err
	}
	if p.Into, err = c.period("into", ""); err != nil {
		return answer{}, err
	}
	p.Title, p.Tabs = "复制凭证", c.tabs(b, "/vouchers/new")
	if p.Reverse {
		p.Title = "红字冲销"
	} else if err := p.books(c, tx); err != nil {
		return answer{}, err
	}
	rows, err := pickRows(tx, c.actor, p.From, p.Period)
	if err != nil {
		return answer{}, err
	}
	for _, r := range slices.Backward(rows) {
		switch {
		case !r.matches(p.Query) || p.Reverse && (!r.posted || r.red):
			continue
		case len(p.Rows) == pickMost:
			p.Left++
			continue
		case p.Reverse:
			r.Path = voucherPath(r.Document) + "#reverse"
		default:
			if r.Path = bookPath(b) + "/vouchers/new?copy=" + r.Document; p.Into != "" {
				r.Path += "&period=" + string(p.Into)
			}
		}
		p.Rows = append(p.Rows, r)
	}
	return show("voucher/pick", p)
}

// books offers the books whose vouchers the person may read, the present one's unit first, and takes the one that was
// asked for.
func (p *pickPage) books(c *call, tx *store.Tx) error {
	all, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(x, y ledger.Book) int {
		return cmp.Compare(distance(x, p.Book), distance(y, p.Book))
	})
	p.Books = all[:min(len(all), pickBooksMost)]
	if code := c.query("from"); code != "" {
		if p.From, err = ledger.SeeByCode(tx, c.actor, code); err != nil {
			return err
		}
	}
	return nil
}

func distance(x, b ledger.Book) int {
	switch {
	case x.Unit == b.Unit:
		return 0
	case strings.HasPrefix(x.Path, b.Path) || strings.HasPrefix(b.Path, x.Path):
		return 1
	default:
		return 2
	}
}

// pickRows gives the vouchers of a month, drafts among them, oldest first; of the current month where it is empty.
func pickRows(tx *store.Tx, by identity.Actor, b ledger.Book, month calendar.Period) ([]pickRow, error) {
	if month == "" {
		month = b.Today.Period()
	}
	var out []pickRow
	heads, err := ledger.ListVouchers(tx, b, month, month)
	if err != nil {
		return nil, err
	}
	for _, h := range heads {
		out = append(out, pickRow{
			Document: h.Document, Label: h.Number.Label(), Date: string(h.Date), Summary: h.Summary, Amount: h.Amount,
			State: ledger.VoucherKind.States[ledger.StatePost], maker: h.Maker, red: h.Reverses != nil || h.ReversedBy != nil, posted: true,
		})
	}
	drafts, err := ledger.ListDrafts(tx, by, b, month)
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		out = append(out, pickRow{
			Document: d.Document, Label: voucher{draft: d}.label(), Date: d.Date, Summary: d.Summary, Amount: d.Amount,
			State: ledger.VoucherKind.States[d.State], maker: d.Maker, red: d.Reverses != nil,
		})
	}
	slices.SortFunc(out, func(x, y pickRow) int { return cmp.Compare(x.Document, y.Document) })
	return out, nil
}

// matches finds by number, by a part of the summary or its initials, or by the amount.
func (r pickRow) matches(query string) bool {
	q := strings.ToLower(query)
	return q == "" || strings.Contains(r.Label, q) || strings.Contains(strings.ToLower(r.Summary), q) ||
		strings.HasPrefix(standard.Mnemonic(r.Summary), q) || strings.HasPrefix(r.Amount.Plain(), strings.ReplaceAll(q, ",", ""))
}
