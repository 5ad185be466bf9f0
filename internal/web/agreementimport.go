package web

import (
	"fmt"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// importPage brings a statement in: what it would add is shown first.
type importPage struct {
	Base
	Account  bank.Account
	Document string
	Sources  []choice
	Formats  []choice
	Covered  calendar.Date
	From     calendar.Date // where the next statement goes on
	Balance  money.Fen     // that it begins with
	To       string
	Closing  string
	Dry      bool
	File     string
	Kept     string
	News     *agreement.News
	Shown    []agreement.Line
	Problems sheet.Problems
	Count    int // of them
	Columns  []string
}

// shownLines is how many lines a preview shows.
const shownLines = 50

func newStatement(c *call, tx *store.Tx) (answer, error) {
	p, err := c.importPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("agreement/import", p)
}

func (c *call) importPage(tx *store.Tx) (*importPage, error) {
	a, err := c.seenAccount(tx)
	if err != nil {
		return nil, err
	}
	p := &importPage{Account: a, Document: document.NewID(), Dry: true, From: a.Since.First(), Balance: a.Opening, To: c.form("to"), Closing: c.form("closing")}
	p.Styles = []string{"agreement.css"}
	source := c.form("source")
	for _, s := range agreement.Sources() {
		if s == agreement.Bank || a.Kind == bank.Treasury {
			p.Sources = append(p.Sources, choice{Value: string(s), Title: s.Title(), On: string(s) == source})
		}
	}
	chosen := a.Format
	if c.r.Method == "POST" {
		chosen = c.form("format")
	}
	if p.Formats, err = c.formatChoices(tx, purposeOf(agreement.Source(source)), chosen); err != nil {
		return nil, err
	}
	for _, col := range bank.Common(bank.Statement).Layout.Columns {
		p.Columns = append(p.Columns, col.Head)
	}
	if p.Covered, err = agreement.Covered(tx, a.County, a.ID); err != nil || p.Covered == "" {
		return p, err
	}
	p.From = p.Covered.AddDays(1)
	p.Balance, err = agreement.BankBalance(tx, a, p.Covered)
	return p, err
}

func purposeOf(s agreement.Source) bank.Purpose {
	switch s {
	case agreement.Treasury:
		return bank.Daily
	case agreement.Tax:
		return bank.Taxes
	}
	return bank.Statement
}

// takeStatement checks a statement, or brings it in.
func takeStatement(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	in, name, body, err := c.arrival(id)
	dry := c.form("dry") != ""
	var news agreement.News
	if err == nil && dry {
		err = c.read(func(tx *store.Tx) (err error) { news, err = agreement.Preview(tx, c.actor, in); return err })
	} else if err == nil {
		err = c.write(func(tx *store.Tx) (err error) { news, err = agreement.Take(tx, c.actor, in); return err })
	}
	if !dry && (err == nil || document.IsTaken(err)) {
		return goTo(benchPath(in.Account))
	}
	var p *importPage
	if e := c.read(func(tx *store.Tx) (e error) { p, e = c.importPage(tx); return e }); e != nil {
		return answer{}, e
	}
	p.Document, p.File = id, name
	if problems, ok := err.(sheet.Problems); ok {
		p.Count, p.Problems = len(problems), problems[:min(len(problems), problemsMost)]
		err = fault.Newf(fault.Invalid, "statement-rows", "请按下表核对,或请银行重新导出", "「%s」有 %d 处不对,整份没有导入", name, len(problems))
	}
	if err != nil {
		return redraw("agreement/import", p, err)
	}
	if body != nil {
		p.Kept = c.server.checked.keep(c.actor.Login, name, body, c.server.Clock())
	}
	p.Dry, p.News, p.Shown = false, &news, news.Lines[:min(len(news.Lines), shownLines)]
	p.To = string(news.File.To)
	p.Done = fmt.Sprintf("检查通过,还没有导入:新增 %d 笔,以前已导入 %d 笔;核对后按「导入」。", len(news.Lines), news.Known)
	return show("agreement/import", p)
}

// arrival reads the form and its file.
func (c *call) arrival(id string) (in agreement.Arrival, name string, body []byte, err error) {
	account, err := c.id("account")
	if err != nil {
		return in, "", nil, err
	}
	in = agreement.Arrival{Document: id, Account: account, To: calendar.Date(c.form("to")), Parsed: agreement.Parsed{Source: agreement.Source(c.form("source")), Name: "无发生额"}}
	if in.Parsed.Source.Title() == "" {
		in.Parsed.Source = agreement.Bank
	}
	name, body, err = c.chosen()
	if fault.HasCode(err, "file-missing") && c.form("closing") != "" {
		closing, err := money.Parse(c.form("closing"))
		if err != nil {
			return in, "", nil, fault.As(err).In("closing")
		}
		in.Closing = &closing
		return in, "", nil, nil
	}
	if err != nil {
		return in, "", nil, err
	}
	var format bank.Format
	var today calendar.Date
	err = c.read(func(tx *store.Tx) (err error) {
		if _, err = bank.See(tx, c.actor, account); err != nil {
			return err
		}
		if format, err = bank.FormatOf(tx, c.actor.County, c.form("format"), purposeOf(in.Parsed.Source)); err == nil {
			today, err = org.Today(tx, c.actor.County)
		}
		return err
	})
	if err == nil {
		in.Parsed, err = agreement.Parse(format.Layout, in.Parsed.Source, name, body, today)
	}
	return in, name, body, err
}

func withdrawStatement(c *call) (answer, error) {
	account, err := c.id("account")
	if err != nil {
		return answer{}, err
	}
	id := c.form("file")
	err = c.write(func(tx *store.Tx) error {
		return agreement.Withdraw(tx, c.actor, id, c.number("version"), c.form("reason"))
	})
	if err == nil || c.taken(id, c.number("version"), "withdraw") {
		return goTo(benchPath(account))
	}
	return formAgain(c, "agreement/bench", err, c.benchPage, nil)
}
