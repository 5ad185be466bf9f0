package payment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Mandate says who vouches for the vouchers that the payments of a unit and of what lies below it post: one person makes
// and posts them, another checks them, both by their own roles.
type Mandate struct {
	Unit       int64
	UnitName   string
	From       calendar.Date
	Book       int64 // 0: the unit's own
	BookName   string
	Maker      int64 // logins
	Checker    int64
	MakerName  string
	CheckName  string
	DocumentNo string
}

// SetMandate lets a mandate hold from a day on. Nothing is overwritten.
func SetMandate(tx *store.Tx, county int64, m Mandate) error {
	m.DocumentNo = strings.TrimSpace(m.DocumentNo)
	if m.DocumentNo == "" {
		return fault.New(fault.Invalid, "mandate-document", "没有依据文号", "请填写指定记账人的文件文号").In("document_no")
	}
	if _, err := calendar.ParseDate(string(m.From)); err != nil {
		return fault.As(err).In("from")
	}
	maker, err := identity.Load(tx, county, m.Maker)
	if err != nil {
		return err
	}
	checker, err := identity.Load(tx, county, m.Checker)
	if err != nil {
		return err
	}
	u, err := org.Get(tx, county, m.Unit)
	if err != nil {
		return err
	}
	if maker.Person == checker.Person {
		return fault.Newf(fault.Refused, "mandate-one-person", "请指定两个人", "%s不能既记账又审核", maker.Name).In("checker")
	}
	if !maker.Has(u.Path, identity.Accountant) || !checker.Has(u.Path, identity.Reviewer, identity.OfficeHead) {
		return fault.Newf(fault.Refused, "mandate-role", "请指定该单位的会计和审核会计(或财政所长)", "%s、%s在%s没有相应的岗位", maker.Name, checker.Name, u.Name).In("maker")
	}
	var book any
	if m.Book != 0 {
		if _, err := ledger.GetBook(tx, county, m.Book); err != nil {
			return err
		}
		book = m.Book
	}
	_, err = tx.Exec(`insert into booking_mandate (county_id, unit_id, valid_from, book_id, maker_login, checker_login, document_no)
		values ($1, $2, $3, $4, $5, $6, $7)`, county, m.Unit, string(m.From), book, m.Maker, m.Checker, m.DocumentNo)
	if store.IsUnique(err) {
		return fault.Newf(fault.Conflict, "mandate-day", "请把生效日期改到该日之后", "%s自 %s 起已有指定", u.Name, m.From).In("from")
	}
	if err != nil {
		return fmt.Errorf("payment.SetMandate: %w", err)
	}
	return nil
}

// Mandates gives every mandate of a county, by unit, the newest first.
func Mandates(tx *store.Tx, county int64) ([]Mandate, error) {
	rows, err := tx.Query(`select m.unit_id, u.name, m.valid_from, coalesce(m.book_id, 0), coalesce(b.name, ''), m.maker_login, m.checker_login, p.name, q.name, m.document_no
		from booking_mandate m join unit u on u.county_id = m.county_id and u.unit_id = m.unit_id
		left join book b on b.county_id = m.county_id and b.book_id = m.book_id
		join login x on x.county_id = m.county_id and x.login_id = m.maker_login join person p on p.county_id = x.county_id and p.person_id = x.person_id
		join login y on y.county_id = m.county_id and y.login_id = m.checker_login join person q on q.county_id = y.county_id and q.person_id = y.person_id
		where m.county_id = $1 order by u.path, m.valid_from desc`, county)
	if err != nil {
		return nil, fmt.Errorf("payment.Mandates: %w", err)
	}
	defer rows.Close()
	var all []Mandate
	for rows.Next() {
		var m Mandate
		if err := rows.Scan(&m.Unit, &m.UnitName, &m.From, &m.Book, &m.BookName, &m.Maker, &m.Checker, &m.MakerName, &m.CheckName, &m.DocumentNo); err != nil {
			return nil, fmt.Errorf("payment.Mandates: %w", err)
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

// vouchers are what a payment posted: ledger.Ref of each, empty where there is none.
type vouchers struct{ unit, general string }

func (v vouchers) facts(into map[string]string) {
	if v.unit != "" {
		into["unit_voucher"] = v.unit
	}
	if v.general != "" {
		into["general_voucher"] = v.general
	}
}

// bookkeeping posts vouchers of payments in one step; what it looks up it looks up once.
type bookkeeping struct {
	tx       *store.Tx
	county   int64
	by       identity.Actor // at the keyboard
	payers   []int64        // who ordered and paid: neither keeps the books of it (会计法 art. 35)
	mandates map[int64]*vouching
}

// vouching is what holds for one unit: its books and who vouches, or why there is nobody.
type vouching struct {
	unit, general  *ledger.Book
	maker, checker identity.Actor
	trouble        error
}

func newBookkeeping(tx *store.Tx, county int64, by identity.Actor, payers ...int64) *bookkeeping {
	return &bookkeeping{tx: tx, county: county, by: by, payers: payers, mandates: map[int64]*vouching{}}
}

// post posts a payment's vouchers that are not posted yet, dated on the day it was paid. trouble is the sentence that
// says why one of them could not be posted; err is anything that is no rule's refusal.
func (k *bookkeeping) post(r Request, on calendar.Date) (v vouchers, trouble string, err error) {
	v = vouchers{r.Unitary, r.General}
	l, err := appropriation.Get(k.tx, k.county, r.Line)
	if err != nil {
		return v, "", err
	}
	w, err := k.vouching(l, on)
	if err != nil {
		return v, "", err
	}
	refused := w.trouble
	if refused == nil && v.unit == "" {
		v.unit, refused = k.voucher(w, *w.unit, unitTemplate(l.Mode), l, r, on)
	}
	if refused == nil && v.general == "" && w.general != nil {
		v.general, refused = k.voucher(w, *w.general, generalTemplate, l, r, on)
	}
	if refused == nil {
		return v, "", nil
	}
	f := fault.As(refused)
	if f == nil {
		return v, "", refused
	}
	return v, f.Error(), nil
}

func (k *bookkeeping) voucher(w *vouching, b ledger.Book, template string, l appropriation.Line, r Request, on calendar.Date) (string, error) {
	chart, err := ledger.ChartOf(k.tx, b, on.Year())
	if err != nil {
		return "", err
	}
	made, err := lines(template, chart, b, l, r)
	if err != nil {
		return "", err
	}
	n, err := ledger.PostAtOnce(k.tx, w.maker, w.checker, document.NewID(), ledger.Voucher{
		Book: b.ID, Date: on, Word: "记", Lines: made, Source: r.ID, Chain: r.ID,
	})
	if err != nil {
		return "", err
	}
	return ledger.Ref(b.ID, n), nil
}

// vouching finds the books of a line's unit and who vouches for them on a day.
func (k *bookkeeping) vouching(l appropriation.Line, on calendar.Date) (*vouching, error) {
	if w, ok := k.mandates[l.Unit]; ok {
		return w, nil
	}
	w := &vouching{}
	k.mandates[l.Unit] = w
	m, err := mandateFor(k.tx, k.county, l.Path, on)
	if err == nil {
		err = k.fill(w, m, l)
	}
	if fault.As(err) != nil {
		w.trouble, err = err, nil
	}
	return w, err
}

func (k *bookkeeping) fill(w *vouching, m Mandate, l appropriation.Line) (err error) {
	if w.maker, err = identity.Load(k.tx, k.county, m.Maker); err != nil {
		return err
	}
	if w.checker, err = identity.Load(k.tx, k.county, m.Checker); err != nil {
		return err
	}
	for _, p := range []identity.Actor{w.maker, w.checker} {
		if slices.Contains(k.payers, p.Person) {
			return fault.Newf(fault.Refused, "booking-payer", "请由他人补记入账", "%s办理了支付,不能再记账或审核(会计法第三十五条)", p.Name)
		}
	}
	if w.unit, err = k.unitBook(m, l); err != nil {
		return err
	}
	way := org.Ancestors(l.Path)
	slices.Reverse(way)
	for _, u := range way {
		found, err := ledger.BooksOfUnit(k.tx, k.county, u, ledger.GeneralBudget)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			w.general = &found[0]
			break
		}
	}
	return nil
}

func (k *bookkeeping) unitBook(m Mandate, l appropriation.Line) (*ledger.Book, error) {
	if m.Book != 0 {
		b, err := ledger.GetBook(k.tx, k.county, m.Book)
		return &b, err
	}
	found, err := ledger.BooksOfUnit(k.tx, k.county, l.Unit, ledger.Government)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fault.Newf(fault.Refused, "booking-book", "请县国库股指定记入的账套,再补记入账", "%s有 %d 套行政事业单位账,不能确定记入哪一套", l.UnitName, len(found))
	}
	return &found[0], nil
}

// mandateFor gives the mandate of the unit at path on a day: its own, else that of the nearest unit above it.
func mandateFor(tx *store.Tx, county int64, path string, on calendar.Date) (Mandate, error) {
	way := org.Ancestors(path)
	for i := len(way) - 1; i >= 0; i-- {
		var m Mandate
		err := tx.QueryRow(`select unit_id, valid_from, coalesce(book_id, 0), maker_login, checker_login from booking_mandate
			where county_id = $1 and unit_id = $2 and valid_from <= $3 order by valid_from desc limit 1`, county, way[i], string(on)).
			Scan(&m.Unit, &m.From, &m.Book, &m.Maker, &m.Checker)
		if err == nil {
			return m, nil
		}
		if !errors.Is(err, store.ErrNoRows) {
			return m, fmt.Errorf("payment: mandate: %w", err)
		}
	}
	return Mandate{}, fault.New(fault.Refused, "booking-mandate", "没有指定由谁记账、由谁审核", "请县国库股在支付设置中指定,再补记入账")
}

// Book posts later what could not be posted when the payment was made. An accountant of the unit takes the step.
func Book(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	r, err := see(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: "book", ID: id, Version: version, Path: r.Path, Today: today}
	return document.Take(tx, act, func(before document.Document) (document.Effect, error) {
		var payers []int64
		for _, p := range before.Parts {
			if p.Duty == document.DutyPay {
				payers = append(payers, p.Person)
			}
		}
		k := newBookkeeping(tx, by.County, by, payers...)
		v, trouble, err := k.post(r, r.PaidOn)
		if err != nil {
			return document.Effect{}, err
		}
		if trouble != "" {
			message, hint, _ := strings.Cut(strings.TrimSuffix(trouble, "。"), ";")
			return document.Effect{}, fault.New(fault.Refused, "booking-still", message, hint)
		}
		_, err = tx.Exec(`update payment_request set queue = '', trouble = '', unit_voucher = nullif($3, ''), general_voucher = nullif($4, '')
			where county_id = $1 and document_id = $2`, by.County, id, v.unit, v.general)
		if err != nil {
			return document.Effect{}, fmt.Errorf("payment.Book %s: %w", id, err)
		}
		facts := map[string]string{}
		v.facts(facts)
		return document.Effect{Facts: facts}, nil
	})
}
