package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// agreementRoutes are the list of bank accounts, their statements, and how the books agree with them.
func agreementRoutes() []route {
	readers, makers, reconcilers := only(bank.Readers...), only(bank.Makers...), only(agreement.Reconcilers...)
	all := []route{
		{pattern: "GET /agreement", title: "对账", right: readers, show: showAgreement},
		{pattern: "GET /agreement/differences", title: "未达账项", right: readers, show: showDifferences},
		{pattern: "GET /bank-formats", title: "银行文件格式", right: readers, show: showFormats, under: "/agreement"},
		{pattern: "GET /bank-formats/new", title: "登记银行文件格式", right: only(bank.FormatMakers...), show: newFormat, under: "/agreement"},
		{pattern: "POST /bank-formats", title: "登记银行文件格式", right: only(bank.FormatMakers...), do: proposeFormat, under: "/agreement"},
		{pattern: "POST /bank-formats/{format}/{step}", title: "审核银行文件格式", right: only(bank.FormatCheckers...), do: stepFormat, under: "/agreement"},
		{pattern: "GET /agreement/new", title: "登记银行账户", right: makers, show: newBankAccount},
		{pattern: "POST /agreement", title: "登记银行账户", right: makers, do: registerBankAccount},
		{pattern: "GET /agreement/{account}", title: "对账台", right: readers, show: showBench},
		{pattern: "POST /agreement/{account}/pass", title: "确认一轮勾对", right: reconcilers, do: confirmPass},
		{pattern: "POST /agreement/{account}/match", title: "勾对", right: reconcilers, do: confirmMatch},
		{pattern: "POST /agreement/{account}/undo", title: "撤销勾对", right: reconcilers, do: undoMatch},
		{pattern: "GET /agreement/{account}/import", title: "导入对账单", right: reconcilers, show: newStatement},
		{pattern: "POST /agreement/{account}/import", title: "导入对账单", right: reconcilers, do: takeStatement, large: true},
		{pattern: "POST /agreement/{account}/withdraw", title: "撤回对账单", right: reconcilers, do: withdrawStatement},
		{pattern: "GET /agreement/{account}/codes", title: "财税库核对", right: readers, show: showCodes},
		{pattern: "GET /agreement/{account}/sheet", title: "余额调节表", right: readers, show: showSheet},
		{pattern: "POST /agreement/{account}/sheet", title: "编制余额调节表", right: reconcilers, do: prepareSheet},
		{pattern: "POST /agreement/{account}/sheet/{step}", title: "审核余额调节表", right: only(agreement.Reviewers...), do: stepSheet},
	}
	for _, name := range []string{"check", "return", "ask-close", "close", "refuse"} {
		s := bank.AccountKind.Step(name)
		all = append(all, route{pattern: "POST /agreement/{account}/" + name, title: "银行账户:" + s.Title, right: only(s.Roles...), do: stepBankAccount})
	}
	return all
}

func benchPath(account int64) string { return fmt.Sprintf("/agreement/%d", account) }

// agreementPage is the list of bank accounts, with how far each has been agreed.
type agreementPage struct {
	Base
	Units   []choice
	Unit    string
	Rows    []bankRow
	Listed  int
	Open    int // accounts that want something
	Make    bool
	Last    calendar.Period
	Missing bool // nothing on the list
}

type bankRow struct {
	agreement.Standing
	Path, Sheet string
	State       string
	Class       string
	Next        string
}

func showAgreement(c *call, tx *store.Tx) (answer, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &agreementPage{Unit: c.query("unit"), Make: len(c.paths(bank.Makers...)) > 0, Last: today.Period().Prev()}
	p.Styles = []string{"agreement.css"}
	paths, err := c.unitChoice(tx, bank.Readers, today, &p.Units)
	if err != nil {
		return answer{}, err
	}
	book, _ := strconv.ParseInt(c.query("book"), 10, 64)
	for _, path := range paths {
		all, err := agreement.Standings(tx, c.actor.County, path)
		if err != nil {
			return answer{}, err
		}
		for _, s := range all {
			if book == 0 || s.Book == book {
				p.Rows = append(p.Rows, c.bankRow(s, p.Last))
			}
		}
	}
	for _, r := range p.Rows {
		if r.Live(p.Last) {
			p.Listed++
		}
		if r.Class == "late" || r.Class == "wait" {
			p.Open++
		}
	}
	p.Missing = len(p.Rows) == 0
	return show("agreement/list", p)
}

// bankRow says where an account stands and what comes next.
func (c *call) bankRow(s agreement.Standing, last calendar.Period) bankRow {
	r := bankRow{Standing: s, Path: benchPath(s.ID), State: bank.AccountKind.States[s.State]}
	from := s.Since
	if s.Signed != "" {
		from = s.Signed.Next()
	}
	r.Sheet = fmt.Sprintf("%s/sheet?period=%s", r.Path, from)
	switch {
	case s.State == bank.Refused, s.State == bank.Closed:
		r.Class = ""
	case s.State == bank.Submitted, s.State == bank.Closing:
		r.Class, r.Next = "wait", "待审核"
	case s.Waiting != "":
		r.Class, r.Next, r.Sheet = "wait", s.Month.Chinese()+" 待审核", fmt.Sprintf("%s/sheet?period=%s", r.Path, s.Month)
	case from > last:
		r.Class, r.Next = "ok", "已对账"
	case s.Covered < from.Last():
		r.Class, r.Next = "late", from.Chinese()+" 缺对账单"
	default:
		r.Class, r.Next = "wait", from.Chinese()+" 待编制"
	}
	return r
}

// bankForm registers an account.
type bankForm struct {
	Base
	Document string
	Books    []choice
	Kinds    []choice
	Formats  []choice
	Typed    bank.Account
	Opening  string
	Items    string
}

func newBankAccount(c *call, tx *store.Tx) (answer, error) {
	p, err := c.bankForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("agreement/form", p)
}

func (c *call) bankForm(tx *store.Tx) (*bankForm, error) {
	p := &bankForm{Document: document.NewID()}
	p.Styles = []string{"agreement.css"}
	books, err := ledger.VisibleBooks(tx, c.actor)
	if err != nil {
		return nil, err
	}
	for _, b := range books {
		if c.actor.Has(b.Path, bank.Makers...) && len(p.Books) < booksMost {
			p.Books = append(p.Books, choice{Value: fmt.Sprint(b.ID), Title: b.Code + " " + b.Name, On: fmt.Sprint(b.ID) == c.query("book")})
			p.Typed.Since = b.OldestOpen()
		}
	}
	for _, k := range bank.Kinds() {
		p.Kinds = append(p.Kinds, choice{Value: string(k), Title: k.Title()})
	}
	p.Formats, err = c.formatChoices(tx, bank.Statement, "")
	return p, err
}

// formatChoices offers the formats of a purpose that hold, the common one first.
func (c *call) formatChoices(tx *store.Tx, purpose bank.Purpose, chosen string) ([]choice, error) {
	out := []choice{{Title: bank.Common(purpose).Title, On: chosen == ""}}
	all, err := bank.Formats(tx, c.actor)
	for _, f := range all {
		if f.Purpose == purpose && f.State == bank.Effective && !slices.ContainsFunc(out, func(o choice) bool { return o.Value == f.Code }) {
			out = append(out, choice{Value: f.Code, Title: f.Title, On: chosen == f.Code})
		}
	}
	return out, err
}

func registerBankAccount(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	a := bank.Account{
		Document: id, Book: c.number("book"), Account: c.form("account"), Kind: bank.Kind(c.form("kind")), Bank: c.form("bank"), Name: c.form("name"), Number: c.form("number"),
		Opened: calendar.Date(c.form("opened")), Basis: c.form("basis"), Since: calendar.Period(c.form("since")), Format: c.form("format"),
	}
	if a.Opening, err = money.Parse(c.form("opening")); err != nil {
		err = fault.As(err).In("opening")
	}
	if err == nil {
		a.Items, err = openingItems(c.form("items"))
	}
	if err == nil {
		err = c.write(func(tx *store.Tx) error { _, err := bank.Register(tx, c.server.Keys, c.actor, a); return err })
	}
	if err == nil || document.IsTaken(err) {
		return goTo("/agreement")
	}
	return formAgain(c, "agreement/form", err, c.bankForm, func(p *bankForm) {
		p.Document, p.Typed, p.Opening, p.Items = id, a, c.form("opening"), c.form("items")
		for _, list := range []struct {
			all   []choice
			value string
		}{{p.Books, c.form("book")}, {p.Kinds, string(a.Kind)}, {p.Formats, a.Format}} {
			for i := range list.all {
				list.all[i].On = list.all[i].Value == list.value
			}
		}
	})
}

// openingItems reads what was under way, one a line: 单位|银行 日期 金额 票据号 摘要.
func openingItems(text string) ([]bank.Item, error) {
	var out []bank.Item
	for line := range strings.Lines(text) {
		words := strings.Fields(strings.NewReplacer(",", " ", ",", " ", "\t", " ").Replace(line))
		if len(words) == 0 {
			continue
		}
		malformed := fault.Newf(fault.Invalid, "bank-items", "每行写:单位或银行 日期 金额 票据号 摘要,如 单位 2026-08-30 -1200 支票0012 未兑付", "「%s」写法不对", strings.TrimSpace(line)).In("items")
		if len(words) < 3 {
			return nil, malformed
		}
		it := bank.Item{Side: map[string]bank.Side{"单位": bank.Book, "银行": bank.Bank}[words[0]], Date: calendar.Date(words[1])}
		var err error
		if it.Amount, err = money.Parse(words[2]); err != nil || it.Side == "" {
			return nil, malformed
		}
		if len(words) > 3 {
			it.Ref = words[3]
		}
		if len(words) > 4 {
			it.Summary = strings.Join(words[4:], " ")
		}
		out = append(out, it)
	}
	return out, nil
}

// stepBankAccount takes a step on an account's document.
func stepBankAccount(c *call) (answer, error) {
	account, err := c.id("account")
	if err != nil {
		return answer{}, err
	}
	name, version := c.lastOfPath(), c.number("version")
	var id string
	err = c.write(func(tx *store.Tx) error {
		a, err := bank.See(tx, c.actor, account)
		if err != nil {
			return err
		}
		id = a.Document
		switch name {
		case "check":
			return bank.Check(tx, c.actor, id, version)
		case "return":
			return bank.Return(tx, c.actor, id, version, c.form("reason"))
		case "ask-close":
			return bank.AskClose(tx, c.actor, id, version, calendar.Date(c.form("on")), c.form("basis"))
		case "close":
			return bank.Close(tx, c.actor, id, version)
		}
		return bank.Keep(tx, c.actor, id, version, c.form("reason"))
	})
	if err == nil || id != "" && c.taken(id, version, name) {
		return goTo(benchPath(account))
	}
	return formAgain(c, "agreement/bench", err, c.benchPage, nil)
}
