package bank

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

// The longest texts of an account, in characters.
const (
	bankMost  = 60
	nameMost  = 60
	basisMost = 60
	refMost   = 60
	itemsMost = 500
)

const sealedField = "bank-account" // under which the number is sealed, and found

// check checks what an account says by itself.
func (a *Account) check() (err error) {
	if a.Opened, err = calendar.ParseDate(string(a.Opened)); err != nil {
		return fault.As(err).In("opened")
	}
	if a.Since, err = calendar.ParsePeriod(string(a.Since)); err != nil {
		return fault.As(err).In("since")
	}
	a.Number = strings.Join(strings.Fields(a.Number), "")
	if n := strings.ReplaceAll(a.Number, "-", ""); len(n) < 8 || len(n) > 34 || strings.Trim(n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return fault.New(fault.Invalid, "bank-number", "账号应为 8 至 34 位数字或大写字母", "请对照开户许可证或账户信息表填写").In("number")
	}
	for _, f := range []struct {
		name, title string
		value       *string
		most        int
	}{
		{"bank", "开户银行", &a.Bank, bankMost}, {"name", "户名", &a.Name, nameMost}, {"basis", "批准文号", &a.Basis, basisMost},
	} {
		if *f.value = strings.TrimSpace(*f.value); *f.value == "" {
			return fault.Newf(fault.Invalid, "bank-missing", "请填写", "没有填写%s", f.title).In(f.name)
		}
		if err := text.Check(f.name, f.title, *f.value, f.most); err != nil {
			return err
		}
	}
	if a.Kind.Title() == "" {
		return fault.New(fault.Invalid, "bank-kind", "没有选择账户性质", "请从列表中选择").In("kind")
	}
	return a.checkItems()
}

func (a *Account) checkItems() error {
	if len(a.Items) > itemsMost {
		return fault.Newf(fault.Invalid, "bank-items", "请先在账上核清", "启用时的未达账项有 %d 项,最多 %d 项", len(a.Items), itemsMost).In("items")
	}
	for i := range a.Items {
		it := &a.Items[i]
		date, err := calendar.ParseDate(string(it.Date))
		if err != nil {
			return fault.As(err).In("items")
		}
		it.Date, it.Ref, it.Summary = date, strings.TrimSpace(it.Ref), strings.TrimSpace(it.Summary)
		switch {
		case it.Side != Book && it.Side != Bank:
			return fault.Newf(fault.Invalid, "bank-items", "请选择单位或银行", "第 %d 项未达账项没有写明哪一方已记", i+1).In("items")
		case it.Amount == 0 || it.Amount.Abs() > money.Max:
			return fault.Newf(fault.Invalid, "bank-items", "收入填正数,支出填负数", "第 %d 项未达账项的金额 %s 元不对", i+1, it.Amount).In("items")
		case date >= a.Since.First():
			return fault.Newf(fault.Invalid, "bank-items", "启用月及以后的由对账单和账簿得出,不必填", "第 %d 项未达账项的日期 %s 不早于启用月", i+1, date).In("items")
		}
		for _, f := range []struct{ title, value string }{{"票据号", it.Ref}, {"摘要", it.Summary}} {
			if err := text.Check("items", f.title, f.value, refMost); err != nil {
				return err
			}
		}
	}
	return nil
}

// Register enters an account for checking. The same form again is refused with an error for which document.IsTaken holds.
func Register(tx *store.Tx, keys *identity.Keys, by identity.Actor, a Account) (Account, error) {
	book, err := ledger.See(tx, by, a.Book)
	if err != nil {
		return a, err
	}
	if err := a.check(); err != nil {
		return a, err
	}
	a.County, a.Unit, a.Path, a.Maker, a.MadeAt, a.Tail = by.County, book.Unit, book.Path, by.Person, calendar.Instant(tx.Now), a.Number[len(a.Number)-4:]
	act := document.Act{By: by, Kind: AccountKind, Step: "register", ID: a.Document, Unit: book.Unit, Path: book.Path, Today: book.Today}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if err := a.fits(tx, book); err != nil {
			return document.Effect{}, err
		}
		hash, err := keys.Hash(by.County, sealedField, a.Number)
		if err != nil {
			return document.Effect{}, err
		}
		if err := a.untaken(tx, hash); err != nil {
			return document.Effect{}, err
		}
		if a.ID, err = org.NextID(tx, by.County, "bank-account"); err != nil {
			return document.Effect{}, err
		}
		sealed, err := keys.Seal(by.County, a.ID, sealedField, a.Number)
		if err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Ref: a.Title(), Rows: trail.Digest(a.rows(hash))}, a.insert(tx, sealed, hash)
	})
	return a, err
}

// fits refuses an account that the book does not have, or that did not agree with it when it began; asked when it is
// registered and again when it is checked.
func (a Account) fits(tx *store.Tx, b ledger.Book) error {
	switch {
	case a.Since < b.Start:
		return fault.Newf(fault.Refused, "bank-before-book", "请填账套启用月或以后的月份", "账套自 %s 启用,不能从 %s 起对账", b.Start.Chinese(), a.Since.Chinese()).In("since")
	case a.Since > b.Today.Period():
		return fault.Newf(fault.Refused, "bank-future", "请填本月或以前的月份", "%s 还没有开始", a.Since.Chinese()).In("since")
	}
	chart, err := ledger.ChartOf(tx, b, a.Since.Year())
	if err != nil {
		return err
	}
	account, err := chart.Postable(b, a.Account)
	if err != nil {
		return fault.As(err).In("account")
	}
	if account.Element != "asset" || account.Half == ledger.Budgetary {
		return fault.Newf(fault.Refused, "bank-account-kind", "请填银行存款、零余额账户或国库存款的末级科目", "科目 %s %s不是资产科目", account.Code, account.Name).In("account")
	}
	stood, err := BookBalance(tx, b, a.Account, a.Since, true)
	if err != nil {
		return err
	}
	book, bank := stood, a.Opening
	for _, it := range a.Items {
		if it.Side == Bank {
			book += it.Amount
		} else {
			bank += it.Amount
		}
	}
	if book != bank {
		return fault.Newf(fault.Refused, "bank-opening-differs", "请核对银行期初余额,并列全启用时的未达账项",
			"启用时两方不相等:账面 %s 元,加银行已记单位未记后 %s 元;银行 %s 元,加单位已记银行未记后 %s 元", stood, book, a.Opening, bank).In("opening")
	}
	return nil
}

// BookBalance gives what an account of a book stands at, debit positive: at the end of a month, or at its beginning.
func BookBalance(tx *store.Tx, b ledger.Book, account string, p calendar.Period, beginning bool) (money.Fen, error) {
	moves, _, err := ledger.Balances(tx, b.County, []ledger.Book{b}, p, p)
	if err != nil {
		return 0, err
	}
	combinations, err := ledger.Combinations(tx, b.County)
	if err != nil {
		return 0, err
	}
	var sum money.Fen
	for id, m := range moves {
		switch {
		case combinations[id].Account != account:
		case beginning:
			sum += m.Opening
		default:
			sum += m.Balance()
		}
	}
	return sum, nil
}

// untaken refuses a number, or an account of a book, that is on the list already.
func (a Account) untaken(tx *store.Tx, hash string) error {
	all, err := query(tx, accounts+` and a.document_id <> $2 and (a.hash = $3 or a.book_id = $4 and a.account = $5)`, a.County, a.Document, hash, a.Book, a.Account)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.State != Refused && other.State != Closed {
			return fault.Newf(fault.Conflict, "bank-account-taken", "请核对账号和科目;一个账号只登记一次,一个末级科目只对应一个账户",
				"%s(%s 科目 %s)已在账户清单中", other.Title(), other.BookName, other.Account).In("number")
		}
	}
	return nil
}

func (a Account) insert(tx *store.Tx, sealed, hash string) error {
	_, err := tx.Exec(`insert into bank_account (county_id, account_id, document_id, book_id, account, kind, bank, name, sealed, hash, tail, opened_on, basis,
		since, opening, format, maker_id, made_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		a.County, a.ID, a.Document, a.Book, a.Account, string(a.Kind), a.Bank, a.Name, sealed, hash, a.Tail, string(a.Opened), a.Basis,
		string(a.Since), int64(a.Opening), a.Format, a.Maker, a.MadeAt)
	for i, it := range a.Items {
		if err != nil {
			break
		}
		_, err = tx.Exec(`insert into bank_opening (county_id, account_id, item, side, date, ref, amount, summary) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			a.County, a.ID, i+1, string(it.Side), string(it.Date), it.Ref, int64(it.Amount), it.Summary)
	}
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这个账户已经提交过", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("bank.Register %s: %w", a.Document, err)
	}
	return nil
}

// rows gives the canonical content whose SHA-256 the leaves of an account hold; its number by its keyed hash.
func (a Account) rows(hash string) []byte {
	o := trail.NewObject()
	o.Text("account", a.Account).Text("bank", a.Bank).Text("basis", a.Basis).Int("book", a.Book).Text("format", a.Format).Text("hash", hash)
	o.Objects("items", len(a.Items), func(i int, inner *trail.Object) {
		it := a.Items[i]
		inner.Int("amount", int64(it.Amount)).Text("date", string(it.Date)).Text("ref", it.Ref).Text("side", string(it.Side)).Text("summary", it.Summary)
	})
	return o.Text("kind", string(a.Kind)).Text("name", a.Name).Text("opened", string(a.Opened)).Int("opening", int64(a.Opening)).Text("since", string(a.Since)).Text("tail", a.Tail).Bytes()
}

// Check puts an account on the list. Another person than its maker does it; what was entered is asked again.
func Check(tx *store.Tx, by identity.Actor, id string, version int64) error {
	return step(tx, by, "check", id, version, "", func(a Account, b ledger.Book) (map[string]string, error) { return nil, a.fits(tx, b) })
}

// Return refuses an account, for a reason; a right one is registered anew.
func Return(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	return step(tx, by, "return", id, version, reason, nil)
}

// AskClose asks to take an account off the list after a day, by an approval. It must stand at nothing in the book.
func AskClose(tx *store.Tx, by identity.Actor, id string, version int64, on calendar.Date, basis string) error {
	return step(tx, by, "ask-close", id, version, "", func(a Account, b ledger.Book) (map[string]string, error) {
		var err error
		if on, err = calendar.ParseDate(string(on)); err != nil {
			return nil, fault.As(err).In("on")
		}
		if basis = strings.TrimSpace(basis); basis == "" {
			return nil, fault.New(fault.Invalid, "bank-missing", "没有填写销户文号", "请填写").In("basis")
		}
		if err := text.Check("basis", "销户文号", basis, basisMost); err != nil {
			return nil, err
		}
		if on < a.Opened || on > b.Today {
			return nil, fault.Newf(fault.Invalid, "bank-close-day", "请填账户使用的最后一天", "销户日期 %s 早于开户日期 %s,或晚于今天", on, a.Opened).In("on")
		}
		_, err = tx.Exec(`update bank_account set closed_on = $3, close_basis = $4 where county_id = $1 and account_id = $2`, by.County, a.ID, string(on), basis)
		return map[string]string{"basis": basis, "on": string(on)}, err
	})
}

// Close takes an account off the list. It must stand at nothing in the book.
func Close(tx *store.Tx, by identity.Actor, id string, version int64) error {
	return step(tx, by, "close", id, version, "", func(a Account, b ledger.Book) (map[string]string, error) {
		left, err := BookBalance(tx, b, a.Account, b.Today.Period(), false)
		if err == nil && left != 0 {
			err = fault.Newf(fault.Refused, "bank-close-balance", "请先转出余额并记账", "科目 %s 还有余额 %s 元,不能销户", a.Account, left)
		}
		return nil, err
	})
}

// Keep refuses to close an account, for a reason.
func Keep(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	return step(tx, by, "refuse", id, version, reason, func(a Account, _ ledger.Book) (map[string]string, error) {
		_, err := tx.Exec(`update bank_account set closed_on = '', close_basis = '' where county_id = $1 and account_id = $2`, by.County, a.ID)
		return nil, err
	})
}

// step takes a step on an account that is there.
func step(tx *store.Tx, by identity.Actor, name, id string, version int64, reason string, effect func(a Account, b ledger.Book) (map[string]string, error)) error {
	a, err := SeeDocument(tx, by, id)
	if err != nil {
		return err
	}
	b, err := ledger.See(tx, by, a.Book)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: AccountKind, Step: name, ID: id, Version: version, Unit: a.Unit, Path: a.Path, Today: b.Today, Reason: reason}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if effect == nil {
			return document.Effect{}, nil
		}
		facts, err := effect(a, b)
		return document.Effect{Facts: facts}, err
	})
	return err
}
