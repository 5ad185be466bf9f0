package workday

import (
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

// The states of a county's arrangement.
const (
	InForce   document.State = "in-force"
	Withdrawn document.State = "withdrawn"
)

// Keepers keep the county's working calendar.
var Keepers = []identity.Role{identity.CountyBudget, identity.CountyTreasury}

// Kind declares the steps of an arrangement.
var Kind = &document.Kind{
	Name: "workday", Title: "放假安排",
	States: map[document.State]string{InForce: "有效", Withdrawn: "已撤回"},
	Steps: []document.Step{
		{Name: "set", Title: "登记", To: InForce, Roles: Keepers},
		{Name: "withdraw", Title: "撤回", From: []document.State{InForce}, To: Withdrawn, Roles: Keepers, Reason: true},
	},
}

// Notice is an arrangement that the county has set. Its days are never rewritten: a later one goes before it, a wrong one
// is withdrawn.
type Notice struct {
	Document   string
	Version    int64
	DocumentNo string
	Year       int // arranged as a whole; 0: single days only
	Days       []Day
	Person     int64
	At         string
	State      document.State
}

// The longest name of a day and number of a document, in characters, and the most days of one notice.
const (
	nameMost   = 20
	numberMost = 40
	daysMost   = 120
)

func (n *Notice) check() error {
	n.DocumentNo = strings.TrimSpace(n.DocumentNo)
	if n.DocumentNo == "" {
		return fault.New(fault.Invalid, "workday-document-missing", "放假安排没有文号", "请填写放假通知的文号").In("document_no")
	}
	if err := text.Check("document_no", "文号", n.DocumentNo, numberMost); err != nil {
		return err
	}
	if len(n.Days) == 0 || len(n.Days) > daysMost {
		return fault.Newf(fault.Invalid, "workday-days", fmt.Sprintf("请填写 1 至 %d 天", daysMost), "一份安排有 %d 天", len(n.Days)).In("day")
	}
	slices.SortFunc(n.Days, func(a, b Day) int { return strings.Compare(string(a.Date), string(b.Date)) })
	for i := range n.Days {
		d := &n.Days[i]
		if _, err := calendar.ParseDate(string(d.Date)); err != nil {
			return fault.As(err).In("day")
		}
		if d.Name = strings.TrimSpace(d.Name); d.Name == "" {
			return fault.Newf(fault.Invalid, "workday-name-missing", "请写明节日或原因,如「春节」「调休」", "%s 没有名称", d.Date).In("name")
		}
		if err := text.Check("name", "名称", d.Name, nameMost); err != nil {
			return err
		}
		if i > 0 && n.Days[i-1].Date == d.Date {
			return fault.Newf(fault.Invalid, "workday-day-twice", "请只留一行", "%s 在同一份安排中出现两次", d.Date).In("day")
		}
		if n.Year != 0 && d.Date.Year() != n.Year {
			return fault.Newf(fault.Invalid, "workday-other-year", "请分开登记", "%s 不在 %d 年", d.Date, n.Year).In("day")
		}
	}
	return nil
}

// rows gives the canonical rows of an arrangement, whose SHA-256 its leaf holds.
func (n Notice) rows() []byte {
	return trail.NewObject().Objects("days", len(n.Days), func(i int, o *trail.Object) {
		o.Text("day", string(n.Days[i].Date)).Text("is", n.Days[i].Word()).Text("name", n.Days[i].Name)
	}).Text("document_no", n.DocumentNo).Int("year", int64(n.Year)).Bytes()
}

// Set lets an arrangement hold. The same form again is refused with an error for which document.IsTaken holds.
func Set(tx *store.Tx, by identity.Actor, n Notice) error {
	if err := n.check(); err != nil {
		return err
	}
	root, err := org.Root(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: Kind, Step: "set", ID: n.Document, Unit: root.ID, Path: root.Path}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		_, err := tx.Exec(`insert into workday_notice (county_id, document_id, document_no, year, person_id, set_at) values ($1, $2, $3, $4, $5, $6)`,
			by.County, n.Document, n.DocumentNo, n.Year, by.Person, calendar.Instant(tx.Now))
		if store.IsUnique(err) {
			return document.Effect{}, fault.New(fault.Conflict, "document-exists", "这份安排已经登记过", "请刷新后查看,勿重复提交")
		}
		for _, d := range n.Days {
			if err != nil {
				break
			}
			_, err = tx.Exec(`insert into workday (county_id, document_id, day, rest, name) values ($1, $2, $3, $4, $5)`,
				by.County, n.Document, string(d.Date), d.Rest, d.Name)
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("workday.Set %s: %w", n.Document, err)
		}
		return document.Effect{Rows: trail.Digest(n.rows())}, nil
	})
	return err
}

// Withdraw takes an arrangement back; what held before it holds again.
func Withdraw(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	root, err := org.Root(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: Kind, Step: "withdraw", ID: id, Version: version, Path: root.Path, Reason: reason}
	_, err = document.Take(tx, act, nil)
	return err
}

// List gives the county's arrangements, oldest first.
func List(tx *store.Tx, county int64) ([]Notice, error) {
	rows, err := tx.Query(`select n.document_id, d.version, n.document_no, n.year, n.person_id, n.set_at, d.state, w.day, w.rest, w.name
		from workday_notice n
		cross join document d
		join workday w on w.county_id = n.county_id and w.document_id = n.document_id
		where n.county_id = $1 and d.county_id = n.county_id and d.document_id = n.document_id order by n.set_at, n.document_id, w.day`, county)
	if err != nil {
		return nil, fmt.Errorf("workday.List: %w", err)
	}
	defer rows.Close()
	var out []Notice
	for rows.Next() {
		var n Notice
		var d Day
		if err := rows.Scan(&n.Document, &n.Version, &n.DocumentNo, &n.Year, &n.Person, &n.At, &n.State, &d.Date, &d.Rest, &d.Name); err != nil {
			return nil, fmt.Errorf("workday.List: %w", err)
		}
		d.DocumentNo, d.Notice = n.DocumentNo, n.Document
		if len(out) == 0 || out[len(out)-1].Document != n.Document {
			out = append(out, n)
		}
		last := &out[len(out)-1]
		last.Days = append(last.Days, d)
	}
	return out, rows.Err()
}

// Verify compares every arrangement with the leaf of its setting.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "workday_notice")
	if err != nil {
		return nil, err
	}
	all, err := List(tx, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, n := range all {
		if leaf := leaves[n.Document]["set"]; leaf.Rows != trail.Digest(n.rows()) || !leaf.By(n.Person, n.At) {
			flaws = append(flaws, document.Flaw{Document: n.Document, Message: fmt.Sprintf("放假安排(%s)与存证不符", n.DocumentNo)})
		}
	}
	return flaws, nil
}
