package web

import (
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// gridRoutes are what the voucher grid asks while a person types; each answers in json, and the form works without.
func gridRoutes() []route {
	return []route{
		{pattern: "GET /books/{book}/lookup", title: "查找科目", right: only(ledger.Readers...), show: lookUp},
		{pattern: "POST /books/{book}/proposal", title: "生成预算会计分录", right: only(voucherMakers...), do: proposeLines},
		{pattern: "POST /books/{book}/block", title: "粘贴分录", right: only(voucherMakers...), do: readBlock},
		{pattern: "GET /books/{book}/vouchers/pick", title: "选择凭证", right: only(voucherMakers...), show: pickVoucher},
	}
}

// lineData is one line as the grid's script takes it: fields as they would be typed.
type lineData struct {
	Half     string `json:"half"`
	Summary  string `json:"summary"`
	Account  string `json:"account"` // code and name
	Full     string `json:"full"`
	Takes    string `json:"takes"`
	Function string `json:"function"`
	Economic string `json:"economic"`
	Project  string `json:"project"`
	Fund     string `json:"fund"`
	Party    string `json:"party"`
	Debit    string `json:"debit"`
	Credit   string `json:"credit"`
}

func (t *typing) data(half string, l ledger.DraftLine) lineData {
	shown := l
	for _, d := range t.columns {
		*dimensionOf(&shown, d) = classText(t.chart, t.kinds[d], *dimensionOf(&l, d))
	}
	return lineData{
		Half: half, Summary: l.Summary, Account: accountText(t.chart, l.Account), Full: accountText(t.chart, l.Account), Takes: takesText(t.chart, l.Account),
		Function: shown.Function, Economic: shown.Economic, Project: shown.Project, Fund: shown.Fund, Party: shown.Party, Debit: l.Debit, Credit: l.Credit,
	}
}

// gridRefusal is why a voucher was not taken, for the script that sent it.
type gridRefusal struct {
	refusal
	Marks    []mark     `json:"marks"`
	Version  int64      `json:"version"` // of the draft that was kept
	Number   string     `json:"number,omitempty"`
	Lines    []lineData `json:"lines,omitempty"`    // the budgetary half that was filled in
	Conflict *conflict  `json:"conflict,omitempty"` // the document says something else: somebody else sent it
}

// conflict names the voucher that is kept under the form's document.
type conflict struct {
	To    string `json:"to"`
	Label string `json:"label"`
	State string `json:"state"`
}

// refusal is say for a script.
func (t *typing) refusal() gridRefusal {
	s := t.say()
	r := gridRefusal{refusal: refusal{Message: s.Message + "。", Field: s.Field}, Marks: t.marks, Version: t.version}
	if s.Hint != "" {
		r.Message += s.Hint + "。"
	}
	if t.draft.Number != 0 {
		r.Number = ledger.Number{Word: t.draft.Word, Number: t.draft.Number}.Label()
	}
	if t.there != nil {
		r.Conflict = &conflict{voucherPath(t.there.id), t.there.label(), ledger.VoucherKind.States[t.there.state]}
	}
	if fault.HasCode(t.wrong, "proposal-unread") {
		r.Lines = t.budgetaryData()
	}
	return r
}

func (t *typing) budgetaryData() []lineData {
	_, budgetary := t.halves()
	var out []lineData
	for _, l := range budgetary {
		out = append(out, t.data("b", l))
	}
	return out
}

// proposalAnswer is the budgetary half that belongs to the financial lines as they stand.
type proposalAnswer struct {
	Ready   bool       `json:"ready"`  // the financial lines can be read
	Needed  bool       `json:"needed"` // they move money of the budget
	Lines   []lineData `json:"lines"`
	Altered bool       `json:"altered"` // the budgetary lines that were sent say something else, which takes a reason
}

// proposeLines gives the budgetary half while a person types; what cannot be read yet is no error.
func proposeLines(c *call) (answer, error) {
	t, err := c.typing("生成预算会计分录")
	if err != nil {
		return answer{}, err
	}
	written, readErr := t.draft.Voucher()
	financial, budgetary := t.halves()
	for _, l := range financial {
		if financialAccount(t.chart, t.book, l.Account) != nil {
			return answer{data: proposalAnswer{}}, nil
		}
	}
	found, err := t.propose()
	if err != nil {
		return answer{data: proposalAnswer{}}, nil
	}
	a := proposalAnswer{Ready: true, Needed: found, Lines: []lineData{}}
	if found {
		a.Lines = t.budgetaryData()
	}
	a.Altered = len(budgetary) > 0 && (readErr != nil || ledger.Altered(t.chart, t.book, written.Lines))
	return answer{data: a}, nil
}

// typing reads a form of a book into which the person may write.
func (c *call) typing(act string) (*typing, error) {
	t := &typing{}
	err := c.read(func(tx *store.Tx) error {
		b, err := c.book(tx)
		if err != nil {
			return err
		}
		if err := c.actor.Require(b.Path, act, voucherMakers...); err != nil {
			return err
		}
		return t.load(tx, b, c.form("date"))
	})
	if err != nil {
		return nil, err
	}
	t.read(c)
	return t, nil
}
