package agreement

import (
	"encoding/json"
	"fmt"
	"slices"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// The states of an adjustment sheet.
const (
	Prepared document.State = "prepared"
	Signed   document.State = "signed"
	SentBack document.State = "returned"
)

// SheetKind declares the steps of an adjustment sheet (余额调节表): one person who is not the cashier prepares it, another
// reviews it.
var SheetKind = &document.Kind{
	Name: "adjustment", Title: "余额调节表",
	States: map[document.State]string{Prepared: "待审核", Signed: "已审核", SentBack: "已退回"},
	Steps: []document.Step{
		{Name: "prepare", Title: "编制", To: Prepared, Roles: Reconcilers, Duty: document.DutyReconcile},
		{Name: "sign", Title: "审核", From: []document.State{Prepared}, To: Signed, Roles: Reviewers, Duty: document.DutyReview, Apart: []document.Duty{document.DutyReconcile}},
		{Name: "return", Title: "退回", From: []document.State{Prepared, Signed}, To: SentBack, Roles: Reviewers, Reason: true},
	},
}

// SheetItem is a difference as a sheet lists it.
type SheetItem struct {
	Side    bank.Side     `json:"side"`
	Key     string        `json:"key"`
	Date    calendar.Date `json:"date"`
	Ref     string        `json:"ref"`
	Amount  money.Fen     `json:"amount"`
	Summary string        `json:"summary"`
	Type    string        `json:"type"`
	Owner   int64         `json:"owner"`
}

// Adjustment is what book and bank stand at on the last day of a month, and what lies between them. All four sums are
// positive where money goes the usual way.
type Adjustment struct {
	Account     bank.Account
	Period      calendar.Period
	BookBalance money.Fen
	BankBalance money.Fen
	BankIn      money.Fen // received at the bank, not booked
	BankOut     money.Fen // paid at the bank, not booked
	BookIn      money.Fen // booked receipts not at the bank
	BookOut     money.Fen // booked payments not at the bank
	Items       []SheetItem

	Document string // of a prepared one
	Version  int64
	State    document.State
	Maker    int64
	MadeAt   string
}

// AdjustedBook and AdjustedBank are the two sides that must be equal.
func (s Adjustment) AdjustedBook() money.Fen { return s.BookBalance + s.BankIn - s.BankOut }

// AdjustedBank is the bank's side.
func (s Adjustment) AdjustedBank() money.Fen { return s.BankBalance + s.BookIn - s.BookOut }

// add puts an item where it belongs.
func (s *Adjustment) add(it Item) {
	sums := map[bank.Side][2]*money.Fen{bank.Bank: {&s.BankIn, &s.BankOut}, bank.Book: {&s.BookIn, &s.BookOut}}[it.Side]
	if it.Amount > 0 {
		*sums[0] += it.Amount
	} else {
		*sums[1] -= it.Amount
	}
	s.Items = append(s.Items, SheetItem{Side: it.Side, Key: it.Key, Date: it.Date, Ref: it.Ref, Amount: it.Amount, Summary: it.Summary, Type: it.Type(), Owner: it.Person})
}

// check refuses a sheet whose sides differ.
func (s Adjustment) check() error {
	if book, bank := s.AdjustedBook(), s.AdjustedBank(); book != bank {
		return fault.Newf(fault.Refused, "adjustment-differs", "请核对期初余额、未达账项和对账单,查明差额",
			"调节后两方不相等:账面 %s + %s - %s = %s 元,银行 %s + %s - %s = %s 元,差 %s 元",
			s.BookBalance, s.BankIn, s.BankOut, book, s.BankBalance, s.BookIn, s.BookOut, bank, book-bank)
	}
	return nil
}

// Compute gives the adjustment of an account at the end of a month as it stands now.
func Compute(tx *store.Tx, a bank.Account, p calendar.Period) (Adjustment, error) {
	s := Adjustment{Account: a, Period: p}
	b, err := ledger.GetBook(tx, a.County, a.Book)
	if err != nil {
		return s, err
	}
	if s.BookBalance, err = bank.BookBalance(tx, b, a.Account, p, false); err != nil {
		return s, err
	}
	if s.BankBalance, err = BankBalance(tx, a, p.Last()); err != nil {
		return s, err
	}
	open, err := OpenOn(tx, a, p.Last())
	if err != nil {
		return s, err
	}
	for _, it := range slices.Concat(open.Bank, open.Book) {
		s.add(it)
	}
	return s, nil
}

// missing refuses a month that the statements do not reach.
func missing(tx *store.Tx, a bank.Account, p calendar.Period) error {
	covered, err := Covered(tx, a.County, a.ID)
	if err != nil {
		return err
	}
	last := p.Last()
	if a.ClosedOn != "" {
		last = min(last, a.ClosedOn)
	}
	if covered >= last {
		return nil
	}
	from := a.Since.First()
	if covered != "" {
		from = covered.AddDays(1)
	}
	return fault.Newf(fault.Refused, "adjustment-days-missing", "请导入对账单;整期没有发生额的,填截止日期和余额", "%s缺少 %s 至 %s 的对账单", a.Title(), from, last)
}

// Prepare makes the sheet of a month. The same form again is refused with an error for which document.IsTaken holds.
func Prepare(tx *store.Tx, by identity.Actor, id string, account int64, p calendar.Period) (Adjustment, error) {
	a, err := bank.See(tx, by, account)
	if err != nil {
		return Adjustment{}, err
	}
	if err := notCashier(by, a.Path, "编制余额调节表"); err != nil {
		return Adjustment{}, err
	}
	if err := bank.Claim(tx, by.County, a.ID); err != nil {
		return Adjustment{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return Adjustment{}, err
	}
	var s Adjustment
	act := document.Act{By: by, Kind: SheetKind, Step: "prepare", ID: id, Unit: a.Unit, Path: a.Path, Today: today}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if err := Preparable(tx, a, p, today); err != nil {
			return document.Effect{}, err
		}
		if s, err = Compute(tx, a, p); err != nil {
			return document.Effect{}, err
		}
		if err := s.check(); err != nil {
			return document.Effect{}, err
		}
		s.Document, s.Maker, s.MadeAt = id, by.Person, calendar.Instant(tx.Now)
		return document.Effect{Ref: fmt.Sprintf("%d|%s", a.ID, p), Rows: trail.Digest(s.rows())}, s.insert(tx)
	})
	return s, err
}

// Preparable refuses a month that is not over, that the account is not reconciled for, whose statements are missing, or
// that has a sheet.
func Preparable(tx *store.Tx, a bank.Account, p calendar.Period, today calendar.Date) error {
	switch {
	case !a.Live(p):
		return fault.Newf(fault.Refused, "adjustment-not-listed", "请核对账户的启用月和状态", "%s 的%s不在账户清单中", p.Chinese(), a.Title())
	case today < p.Last():
		return fault.Newf(fault.Refused, "adjustment-early", "请在月末当日或以后编制", "今天是 %s,%s 还没有结束", today, p.Chinese())
	}
	if err := missing(tx, a, p); err != nil {
		return err
	}
	sheets, err := Sheets(tx, a)
	if err != nil {
		return err
	}
	if !a.Live(p.Prev()) || holds(sheets, p.Prev()) != nil && holds(sheets, p.Prev()).State == Signed {
		if s := holds(sheets, p); s != nil {
			return fault.Newf(fault.Conflict, "adjustment-made", "请由审核人退回后重新编制", "%s 的余额调节表%s", p.Chinese(), SheetKind.States[s.State])
		}
		return nil
	}
	return fault.Newf(fault.Refused, "adjustment-order", "请先编制并审核 "+p.Prev().Chinese()+" 的余额调节表", "余额调节表须逐月编制,%s 的还没有审核", p.Prev().Chinese())
}

// holds finds the sheet of a month that was not sent back.
func holds(sheets []Adjustment, p calendar.Period) *Adjustment {
	i := slices.IndexFunc(sheets, func(s Adjustment) bool { return s.Period == p && s.State != SentBack })
	if i < 0 {
		return nil
	}
	return &sheets[i]
}

func (s Adjustment) insert(tx *store.Tx) error {
	items, err := json.Marshal(s.Items)
	if err == nil {
		_, err = tx.Exec(`insert into adjustment_sheet (county_id, document_id, account_id, period, book_balance, bank_balance, bank_in, bank_out, book_in, book_out, items, maker_id, made_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, s.Account.County, s.Document, s.Account.ID, string(s.Period), int64(s.BookBalance), int64(s.BankBalance),
			int64(s.BankIn), int64(s.BankOut), int64(s.BookIn), int64(s.BookOut), string(items), s.Maker, s.MadeAt)
	}
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这张余额调节表已经提交过", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("agreement.Prepare %s: %w", s.Document, err)
	}
	return nil
}

// rows gives the canonical content whose SHA-256 the leaf of a sheet holds.
func (s Adjustment) rows() []byte {
	o := trail.NewObject()
	o.Int("account", s.Account.ID).Int("bank_balance", int64(s.BankBalance)).Int("bank_in", int64(s.BankIn)).Int("bank_out", int64(s.BankOut))
	o.Int("book_balance", int64(s.BookBalance)).Int("book_in", int64(s.BookIn)).Int("book_out", int64(s.BookOut))
	o.Objects("items", len(s.Items), func(i int, inner *trail.Object) {
		it := s.Items[i]
		inner.Int("amount", int64(it.Amount)).Text("date", string(it.Date)).Text("key", it.Key).Int("owner", it.Owner).Text("ref", it.Ref).Text("side", string(it.Side)).Text("summary", it.Summary)
	})
	return o.Text("period", string(s.Period)).Bytes()
}

// same reports whether two adjustments say the same: balances, sums and what lies between.
func (s Adjustment) same(o Adjustment) bool {
	o.Period, o.Account.ID = s.Period, s.Account.ID
	return string(s.rows()) == string(o.rows())
}

// Sign reviews a sheet: another person than its preparer, and not the cashier. What it says must still be so.
func Sign(tx *store.Tx, by identity.Actor, id string, version int64) error {
	return sheetStep(tx, by, "sign", id, version, "", func(s Adjustment) error {
		if err := notCashier(by, s.Account.Path, "审核余额调节表"); err != nil {
			return err
		}
		now, err := Compute(tx, s.Account, s.Period)
		if err == nil && !s.same(now) {
			err = changed(s)
		}
		return err
	})
}

func changed(s Adjustment) error {
	return fault.Newf(fault.Refused, "adjustment-changed", "请退回后重新编制", "%s的 %s 余额调节表编制以后,账面、对账单或勾对有变动", s.Account.Title(), s.Period.Chinese())
}

// Return sends a sheet back, for a reason: also one that was signed, as long as the month is open and no later one rests on it.
func Return(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	return sheetStep(tx, by, "return", id, version, reason, func(s Adjustment) error {
		b, err := ledger.GetBook(tx, s.Account.County, s.Account.Book)
		if err != nil {
			return err
		}
		if s.Period <= b.ClosedThrough {
			return fault.Newf(fault.Refused, "adjustment-closed", "请先办理反结账", "%s 已结账,余额调节表不能退回", s.Period.Chinese())
		}
		sheets, err := Sheets(tx, s.Account)
		if err != nil {
			return err
		}
		if later := holds(sheets, s.Period.Next()); later != nil {
			return fault.Newf(fault.Refused, "adjustment-later", "请先退回后面月份的", "%s 的余额调节表已经编制", later.Period.Chinese())
		}
		return nil
	})
}

func sheetStep(tx *store.Tx, by identity.Actor, name, id string, version int64, reason string, effect func(s Adjustment) error) error {
	s, err := SeeSheet(tx, by, id)
	if err != nil {
		return err
	}
	if err := bank.Claim(tx, by.County, s.Account.ID); err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: SheetKind, Step: name, ID: id, Version: version, Unit: s.Account.Unit, Path: s.Account.Path, Today: today, Reason: reason}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) { return document.Effect{}, effect(s) })
	return err
}

const sheets = `select s.document_id, d.version, d.state, s.account_id, s.period, s.book_balance, s.bank_balance, s.bank_in, s.bank_out, s.book_in, s.book_out, s.items, s.maker_id, s.made_at
	from adjustment_sheet s cross join document d where s.county_id = $1 and d.county_id = s.county_id and d.document_id = s.document_id`

func querySheets(tx *store.Tx, q string, args ...any) ([]Adjustment, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, fmt.Errorf("agreement: sheets: %w", err)
	}
	defer rows.Close()
	var out []Adjustment
	for rows.Next() {
		var s Adjustment
		var items string
		err := rows.Scan(&s.Document, &s.Version, &s.State, &s.Account.ID, &s.Period, &s.BookBalance, &s.BankBalance, &s.BankIn, &s.BankOut, &s.BookIn, &s.BookOut, &items, &s.Maker, &s.MadeAt)
		if err == nil {
			err = json.Unmarshal([]byte(items), &s.Items)
		}
		if err != nil {
			return nil, fmt.Errorf("agreement: sheets: %w", err)
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Sheets gives every sheet of an account, the latest month first.
func Sheets(tx *store.Tx, a bank.Account) ([]Adjustment, error) {
	all, err := querySheets(tx, sheets+` and s.account_id = $2 order by s.period desc, s.made_at desc`, a.County, a.ID)
	for i := range all {
		all[i].Account = a
	}
	return all, err
}

// SeeSheet gives a sheet of an account that the person may read.
func SeeSheet(tx *store.Tx, by identity.Actor, id string) (Adjustment, error) {
	all, err := querySheets(tx, sheets+` and s.document_id = $2`, by.County, id)
	if err == nil && len(all) == 0 {
		err = fault.New(fault.NotFound, "adjustment-unknown", "没有这张余额调节表", "请从账户中打开")
	}
	if err != nil {
		return Adjustment{}, err
	}
	s := all[0]
	s.Account, err = bank.See(tx, by, s.Account.ID)
	return s, err
}

// signedThrough gives the last month of an account whose sheet is signed; empty where none is.
func signedThrough(tx *store.Tx, a bank.Account) (calendar.Period, error) {
	all, err := Sheets(tx, a)
	for _, s := range all {
		if s.State == Signed {
			return s.Period, err
		}
	}
	return "", err
}
