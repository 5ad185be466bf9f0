package web

import (
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/usual"
)

// summaryRoutes are about the summaries of a book: those used of late, one's own and the book's.
func summaryRoutes() []route {
	return []route{
		{pattern: "GET /books/{book}/summaries", title: "摘要", right: only(voucherMakers...), show: offerSummaries},
		{pattern: "GET /books/{book}/library", title: "摘要库", right: only(voucherMakers...), show: showLibrary},
		{pattern: "POST /books/{book}/library", title: "维护摘要库", right: only(voucherMakers...), do: keepSummary},
	}
}

// How many summaries a field and a page are given at most.
const (
	offersMost  = 300
	recentsMost = 30
)

// summaryOffers is what the script of the summary cells asks for.
type summaryOffers struct {
	Summaries []usual.Offer `json:"summaries"`
	More      bool          `json:"more"` // a query narrows what was left out
}

// offerSummaries gives what fits ?q=, for the cells of a form.
func offerSummaries(c *call, tx *store.Tx) (answer, error) {
	b, err := c.makersBook(tx, "录入凭证")
	if err != nil {
		return answer{}, err
	}
	found, more, err := usual.Offers(tx, c.actor, b, c.query("q"), offersMost)
	if err != nil {
		return answer{}, err
	}
	return answer{data: summaryOffers{append([]usual.Offer{}, found...), more}}, nil
}

// makersBook gives the book of the address to who enters vouchers in it.
func (c *call) makersBook(tx *store.Tx, act string) (ledger.Book, error) {
	b, err := c.book(tx)
	if err != nil {
		return b, err
	}
	return b, c.actor.Require(b.Path, act, voucherMakers...)
}

// libraryPage is where the summaries of a book are kept.
type libraryPage struct {
	Base
	Book    ledger.Book
	Form    summaryForm
	Parts   []summaryPart // one's own, the book's
	Recents []usual.Offer // used of late and not in the library
}

type summaryPart struct {
	Title string
	Note  string
	Rows  []summaryRow
}

// summaryForm is a summary as typed: a new one, or the one that is being changed.
type summaryForm struct {
	ID      string
	Version int64
	Code    string
	Words   string
	Shared  bool
}

type summaryRow struct {
	Summary usual.Summary
	By      string
}

func showLibrary(c *call, tx *store.Tx) (answer, error) {
	b, err := c.makersBook(tx, "维护摘要库")
	if err != nil {
		return answer{}, err
	}
	p, err := c.libraryPage(tx, b)
	if err != nil {
		return answer{}, err
	}
	p.Form.Words = c.query("words")
	for _, part := range p.Parts {
		for _, r := range part.Rows {
			if s := r.Summary; s.ID == c.query("edit") {
				p.Form = summaryForm{ID: s.ID, Version: s.Version, Code: s.Code, Words: s.Words, Shared: s.Person == 0}
			}
		}
	}
	return show("usual/summaries", p)
}

func (c *call) libraryPage(tx *store.Tx, b ledger.Book) (*libraryPage, error) {
	p := &libraryPage{Book: b, Form: summaryForm{ID: document.NewID()}}
	p.Title, p.Tabs, p.Styles = "摘要库", c.tabs(b, "/templates"), []string{"usual.css"}
	all, err := usual.Summaries(tx, c.actor, b)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return nil, err
	}
	p.Parts = []summaryPart{{Title: "我的", Note: "只有自己看得见"}, {Title: "本账套共用", Note: "由可录入本账套的人员维护"}}
	known := map[string]bool{}
	for _, s := range all {
		known[s.Words] = true
		part := &p.Parts[0]
		if s.Person == 0 {
			part = &p.Parts[1]
		}
		part.Rows = append(part.Rows, summaryRow{s, names[s.ChangedBy]})
	}
	offers, _, err := usual.Offers(tx, c.actor, b, "", offersMost)
	if err != nil {
		return nil, err
	}
	for _, o := range offers {
		if o.Recent && !known[o.Words] && len(p.Recents) < recentsMost {
			p.Recents = append(p.Recents, o)
		}
	}
	return p, nil
}

// keepSummary adds, changes or ends one summary.
func keepSummary(c *call) (answer, error) {
	var b ledger.Book
	s := usual.Summary{ID: c.form("summary"), Version: c.number("version"), Code: c.form("code"), Words: c.form("words"), Ended: c.form("do") == "end"}
	if c.form("whose") != "shared" {
		s.Person = c.actor.Person
	}
	err := c.write(func(tx *store.Tx) error {
		var err error
		if b, err = c.makersBook(tx, "维护摘要库"); err != nil {
			return err
		}
		if _, err := document.ParseID(s.ID); err != nil {
			return err
		}
		s.Book = b.ID
		return usual.KeepSummary(tx, c.actor, s)
	})
	if err == nil || usual.IsTaken(err) {
		return goTo(bookPath(b) + "/library")
	}
	if b.ID == 0 {
		return answer{}, err
	}
	read := func(tx *store.Tx) (*libraryPage, error) { return c.libraryPage(tx, b) }
	return formAgain(c, "usual/summaries", err, read, func(p *libraryPage) {
		p.Form = summaryForm{ID: s.ID, Version: s.Version, Code: s.Code, Words: s.Words, Shared: s.Person == 0}
	})
}
