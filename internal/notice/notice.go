// Package notice keeps dated notices (通知) that a county or an office gives to its unit and everything beneath.
//
// It keeps these invariants: a notice is issued by one step and never rewritten (what it says stands in the leaf as a
// digest); a wrong one is withdrawn with a reason; whoever holds a role at or beneath its unit may read it, and so may
// those who could have issued it; each reading is kept once per person.
package notice

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

// The states of a notice.
const (
	Issued    document.State = "issued"
	Withdrawn document.State = "withdrawn"
)

// Issuers may give notices to their units.
var Issuers = []identity.Role{identity.OfficeHead, identity.CountyBudget, identity.CountyTreasury}

// Kind declares the steps of a notice.
var Kind = &document.Kind{
	Name: "notice", Title: "通知",
	States: map[document.State]string{Issued: "已发布", Withdrawn: "已撤回"},
	Steps: []document.Step{
		{Name: "issue", Title: "发布", To: Issued, Roles: Issuers},
		{Name: "withdraw", Title: "撤回", From: []document.State{Issued}, To: Withdrawn, Roles: Issuers, Reason: true},
	},
}

// Notice is one notice.
type Notice struct {
	Document string
	Version  int64
	Unit     int64
	UnitName string
	Path     string // of the unit
	Title    string
	Body     string
	From     calendar.Date
	To       calendar.Date // last day on first pages
	Person   int64
	IssuedAt string
	State    document.State
	ReadAt   string // by the person who asks; empty: not yet
}

// New is what a notice is made from.
type New struct {
	Document string // id of the document, the form's idempotency key
	Unit     int64
	Title    string
	Body     string
	From, To calendar.Date
}

// The longest title and text, in characters.
const (
	titleMost = 60
	bodyMost  = 2000
)

func (n *New) check() error {
	n.Title, n.Body = strings.TrimSpace(n.Title), strings.TrimSpace(strings.ReplaceAll(n.Body, "\r\n", "\n"))
	if n.Title == "" {
		return fault.New(fault.Invalid, "notice-title-missing", "通知须有标题", "请写一句话标题").In("title")
	}
	if n.Body == "" {
		return fault.New(fault.Invalid, "notice-body-missing", "通知没有内容", "请写明要办的事和期限").In("body")
	}
	if err := text.Check("title", "标题", n.Title, titleMost); err != nil {
		return err
	}
	if err := text.Check("body", "内容", strings.ReplaceAll(n.Body, "\n", " "), bodyMost); err != nil {
		return err
	}
	for _, d := range []struct {
		field string
		date  calendar.Date
	}{{"from", n.From}, {"to", n.To}} {
		if _, err := calendar.ParseDate(string(d.date)); err != nil {
			return fault.As(err).In(d.field)
		}
	}
	if n.To < n.From {
		return fault.Newf(fault.Invalid, "notice-dates-reversed", "请改正起止日期", "结束日期 %s 早于开始日期 %s", n.To, n.From).In("to")
	}
	return nil
}

// Issue gives a notice to a unit and everything beneath. The same form again is refused with an error for which
// document.IsTaken holds.
func Issue(tx *store.Tx, by identity.Actor, n New) (document.Document, error) {
	if err := n.check(); err != nil {
		return document.Document{}, err
	}
	unit, err := org.Get(tx, by.County, n.Unit)
	if err == nil && !by.Sees(unit.Path) {
		err = fault.New(fault.NotFound, "unit-unknown", "没有这个单位", "请从列表中选择").In("unit")
	}
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	if n.To < today {
		return document.Document{}, fault.Newf(fault.Invalid, "notice-over", "请改到今天以后", "结束日期 %s 早于今天 %s,没有人会看到", n.To, today).In("to")
	}
	act := document.Act{By: by, Kind: Kind, Step: "issue", ID: n.Document, Unit: unit.ID, Path: unit.Path, Today: today}
	return document.Make(tx, act, func() (document.Effect, error) {
		_, err := tx.Exec(`insert into notice (county_id, document_id, unit_id, title, body, valid_from, valid_to, person_id, issued_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, by.County, n.Document, unit.ID, n.Title, n.Body, string(n.From), string(n.To),
			by.Person, calendar.Instant(tx.Now))
		if store.IsUnique(err) {
			return document.Effect{}, fault.New(fault.Conflict, "document-exists", "这份通知已经发布过", "请刷新后查看,勿重复提交")
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("notice.Issue %s: %w", n.Document, err)
		}
		return document.Effect{Rows: trail.Digest(n.rows())}, nil
	})
}

// rows gives the canonical row of a notice, whose SHA-256 the leaf of its issuing holds.
func (n New) rows() []byte {
	return trail.NewObject().Text("body", n.Body).Text("from", string(n.From)).Text("title", n.Title).Text("to", string(n.To)).Int("unit", n.Unit).Bytes()
}

// Withdraw takes a notice off the first pages. Whoever may issue for its unit does it.
func Withdraw(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	n, err := Get(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: "withdraw", ID: id, Version: version, Unit: n.Unit, Path: n.Path, Reason: reason}
	return document.Take(tx, act, nil)
}

// Read keeps that a person has read a notice; once is enough.
func Read(tx *store.Tx, by identity.Actor, id string) error {
	if _, err := Get(tx, by, id); err != nil {
		return err
	}
	_, err := tx.Exec(`insert into notice_read (county_id, document_id, person_id, at) values ($1, $2, $3, $4) on conflict do nothing`,
		by.County, id, by.Person, calendar.Instant(tx.Now))
	if err != nil {
		return fmt.Errorf("notice.Read %s: %w", id, err)
	}
	return nil
}

// readable reports whether a person may read the notices of the unit at path: he holds a role there or beneath, or could
// have issued them.
func readable(by identity.Actor, path string) bool {
	return by.Has(path, Issuers...) || meant(by, path)
}

// meant reports whether the notices of the unit at path are for a person: he holds a role there or beneath.
func meant(by identity.Actor, path string) bool {
	return slices.ContainsFunc(by.Grants, func(g identity.Grant) bool { return org.Within(g.Path, path) })
}

// selected begins at the notices, of which there are few: the cross join holds SQLite to that order.
const selected = `select n.document_id, d.version, n.unit_id, u.name, u.path, n.title, n.body, n.valid_from, n.valid_to, n.person_id,
	n.issued_at, d.state, coalesce(r.at, '') from notice n
	cross join document d
	join unit u on u.county_id = n.county_id and u.unit_id = n.unit_id
	left join notice_read r on r.county_id = n.county_id and r.document_id = n.document_id and r.person_id = $2
	where n.county_id = $1 and d.county_id = n.county_id and d.document_id = n.document_id `

func scan(row interface{ Scan(...any) error }) (n Notice, err error) {
	err = row.Scan(&n.Document, &n.Version, &n.Unit, &n.UnitName, &n.Path, &n.Title, &n.Body, &n.From, &n.To, &n.Person, &n.IssuedAt,
		&n.State, &n.ReadAt)
	return n, err
}

// Get gives a notice that the person may read.
func Get(tx *store.Tx, by identity.Actor, id string) (Notice, error) {
	n, err := scan(tx.QueryRow(selected+`and n.document_id = $3`, by.County, by.Person, id))
	if errors.Is(err, store.ErrNoRows) || err == nil && !readable(by, n.Path) {
		return Notice{}, fault.New(fault.NotFound, "notice-unknown", "没有这份通知", "请从通知列表中打开")
	}
	if err != nil {
		return n, fmt.Errorf("notice.Get %s: %w", id, err)
	}
	return n, nil
}

// Current gives the notices that hold on a day and are for the person, unread ones first, then the newest. What offices
// tell their villages is not for the county, which finds it in List.
func Current(tx *store.Tx, by identity.Actor, today calendar.Date) ([]Notice, error) {
	all, err := list(tx, by, today)
	all = slices.DeleteFunc(all, func(n Notice) bool { return n.State != Issued || n.From > today || !meant(by, n.Path) })
	slices.SortStableFunc(all, func(a, b Notice) int { return cmp.Compare(len(a.ReadAt), len(b.ReadAt)) })
	return all, err
}

// List gives every notice that the person may read, newest first, withdrawn ones and those that are over among them.
func List(tx *store.Tx, by identity.Actor) ([]Notice, error) { return list(tx, by, "") }

func list(tx *store.Tx, by identity.Actor, from calendar.Date) ([]Notice, error) {
	rows, err := tx.Query(selected+`and n.valid_to >= $3 order by n.issued_at desc, n.document_id`, by.County, by.Person, string(from))
	if err != nil {
		return nil, fmt.Errorf("notice.List: %w", err)
	}
	defer rows.Close()
	var out []Notice
	for rows.Next() {
		n, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("notice.List: %w", err)
		}
		if readable(by, n.Path) {
			out = append(out, n)
		}
	}
	return out, rows.Err()
}

// Readers gives who has read a notice, by when.
func Readers(tx *store.Tx, county int64, id string) (map[int64]string, error) {
	rows, err := tx.Query(`select person_id, at from notice_read where county_id = $1 and document_id = $2`, county, id)
	if err != nil {
		return nil, fmt.Errorf("notice.Readers %s: %w", id, err)
	}
	defer rows.Close()
	out := map[int64]string{}
	for rows.Next() {
		var person int64
		var at string
		if err := rows.Scan(&person, &at); err != nil {
			return nil, fmt.Errorf("notice.Readers %s: %w", id, err)
		}
		out[person] = at
	}
	return out, rows.Err()
}
