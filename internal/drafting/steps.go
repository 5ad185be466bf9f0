package drafting

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

// Propose sends the units' proposals up (一上).
func Propose(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return advance(tx, by, "up1", id, version, func(d Draft, c Content) error {
		if len(c.Lines) == 0 {
			return fault.New(fault.Refused, "drafting-empty", "草案没有支出", "请各单位先编报支出")
		}
		return d.fresh(tx, by.County, c)
	})
}

// SetControls issues the control numbers (一下): what each unit may ask for of each kind of money.
func SetControls(tx *store.Tx, by identity.Actor, id string, version int64, controls []Control) (document.Document, error) {
	return advance(tx, by, "down1", id, version, func(d Draft, _ Content) error {
		units, err := Units(tx, by.County, d)
		if err != nil {
			return err
		}
		funds, err := ledger.ClassesOf(tx, standard.Fund, d.Year)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`delete from budget_draft_control where county_id = $1 and document_id = $2 and stage_no = 0`, by.County, id); err != nil {
			return fmt.Errorf("drafting.SetControls %s: %w", id, err)
		}
		if len(controls) == 0 {
			return fault.New(fault.Refused, "drafting-control-missing", "没有下达控制数", "请填写各单位的控制数")
		}
		for _, n := range controls {
			i := slices.IndexFunc(units, func(u org.Unit) bool { return u.ID == n.Unit })
			if _, known := funds[n.Fund]; !known || i < 0 {
				return fault.New(fault.Invalid, "drafting-control-unit", "控制数的单位或资金性质不对", "请从列表中选择").In("control")
			}
			if n.Amount <= 0 || n.Amount > money.Max {
				return fault.Newf(fault.Invalid, "drafting-amount", "请填大于零的金额,最多两位小数", "金额 %s 元不对", n.Amount).In("control")
			}
			_, err := tx.Exec(`insert into budget_draft_control (county_id, document_id, stage_no, unit_id, fund, amount) values ($1, $2, 0, $3, $4, $5)`,
				by.County, id, n.Unit, n.Fund, int64(n.Amount))
			if store.IsUnique(err) {
				return fault.Newf(fault.Invalid, "drafting-control-twice", "请合并成一个控制数", "%s的%s有两个控制数", units[i].Name, funds[n.Fund].Name).In("control")
			}
			if err != nil {
				return fmt.Errorf("drafting.SetControls %s: %w", id, err)
			}
		}
		return nil
	})
}

// Submit sends the draft within the control numbers up (二上).
func Submit(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return advance(tx, by, "up2", id, version, func(d Draft, c Content) error {
		names, err := ledger.ClassesOf(tx, standard.Fund, d.Year)
		if err != nil {
			return err
		}
		if err := c.checkControls(names); err != nil {
			return err
		}
		return d.fresh(tx, by.County, c)
	})
}

// Review is the government's consent.
func Review(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return advance(tx, by, "review", id, version, func(d Draft, c Content) error { return d.checkWhole(tx, by.County, c) })
}

// Present puts the draft before the congress.
func Present(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return advance(tx, by, "present", id, version, func(d Draft, c Content) error { return d.checkWhole(tx, by.County, c) })
}

// Resolve records what the congress decided, for another person to check against the resolution.
func Resolve(tx *store.Tx, by identity.Actor, id string, version int64, s Session) (document.Document, error) {
	return take(tx, by, "resolve", id, version, "", func(d Draft, today calendar.Date) (document.Effect, error) {
		if err := s.check(d, today); err != nil {
			return document.Effect{}, err
		}
		_, err := tx.Exec(`update budget_draft set session_no = $3, session_name = $4, session_on = $5 where county_id = $1 and document_id = $2`,
			by.County, id, s.Number, s.Name, string(s.On))
		if err != nil {
			return document.Effect{}, fmt.Errorf("drafting.Resolve %s: %w", id, err)
		}
		return document.Effect{Facts: s.facts()}, nil
	})
}

func (s Session) facts() map[string]string {
	return map[string]string{"session_no": s.Number, "session_name": s.Name, "session_on": string(s.On)}
}

func (s *Session) check(d Draft, today calendar.Date) (err error) {
	s.Number, s.Name = strings.TrimSpace(s.Number), strings.TrimSpace(s.Name)
	if s.Number == "" {
		return fault.New(fault.Refused, "drafting-session-missing", "没有人民代表大会批准预算的决议文号,不能批准(预算法第二十一条)", "请填写决议的文号").In("session_no")
	}
	if s.Name == "" {
		return fault.New(fault.Invalid, "drafting-session-name", "没有写明是哪一次会议", "请填写届次和次数,例如 第十九届人民代表大会第六次会议").In("session_name")
	}
	if s.On, err = calendar.ParseDate(string(s.On)); err != nil {
		return fault.As(err).In("session_on")
	}
	if year := s.On.Year(); s.On > today || year > d.Year || year < d.Year-1 || year < d.Year && d.Round > 0 {
		return fault.Newf(fault.Invalid, "drafting-session-day", "请填写会议通过决议的日期", "会议日期 %s 不对,今天是 %s", s.On, today).In("session_on")
	}
	if err := text.Check("session_no", "文号", s.Number, basisMost); err != nil {
		return err
	}
	return text.Check("session_name", "会议", s.Name, basisMost)
}

// Return sends the draft back by one stage, for a reason.
func Return(tx *store.Tx, by identity.Actor, id string, version int64, reason string) (document.Document, error) {
	d, err := Get(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	step, ok := d.Back()
	if !ok {
		return document.Document{}, fault.Newf(fault.Refused, "drafting-no-return", "已经批准的预算,只能办理预算调整", "%s当前为「%s」,不能退回", d.Title(), Kind.States[d.State])
	}
	return take(tx, by, step.Name, id, version, reason, nil)
}

// Back gives the step that returns the draft to the stage before.
func (d Draft) Back() (document.Step, bool) {
	for _, s := range Kind.Steps {
		if s.Reason && slices.Contains(s.From, d.State) {
			return s, true
		}
	}
	return document.Step{}, false
}

// Next gives the step that leads the draft on; ok is false after the last.
func (d Draft) Next() (document.Step, bool) {
	at := slices.Index(Way, d.State)
	for _, s := range Kind.Steps {
		if slices.Contains(s.From, d.State) && at+1 < len(Way) && s.To == Way[at+1] {
			return s, true
		}
	}
	return document.Step{}, false
}

// advance takes a step that freezes a version.
func advance(tx *store.Tx, by identity.Actor, step, id string, version int64, check func(d Draft, c Content) error) (document.Document, error) {
	return take(tx, by, step, id, version, "", func(d Draft, _ calendar.Date) (document.Effect, error) {
		c, err := ContentOf(tx, by.County, id, 0)
		if err == nil {
			err = check(d, c)
		}
		if err != nil {
			return document.Effect{}, err
		}
		rows, err := d.freeze(tx, by, step)
		return document.Effect{Rows: rows}, err
	})
}

// freeze keeps the working rows as the next version, and gives their digest.
func (d Draft) freeze(tx *store.Tx, by identity.Actor, step string) (string, error) {
	last, err := lastStage(tx, by.County, d.Document)
	if err != nil {
		return "", err
	}
	if err := copyRows(tx, by.County, d.Document, 0, d.Document, last+1); err != nil {
		return "", err
	}
	_, err = tx.Exec(`insert into budget_draft_stage (county_id, document_id, stage_no, step, version, person_id, at) values ($1, $2, $3, $4, $5, $6, $7)`,
		by.County, d.Document, last+1, step, d.Version+1, by.Person, calendar.Instant(tx.Now))
	if err != nil {
		return "", fmt.Errorf("drafting: version %d of %s: %w", last+1, d.Document, err)
	}
	c, err := ContentOf(tx, by.County, d.Document, last+1)
	return c.digest(), err
}

// fresh refuses lines whose heads or standards have changed since they were worked out.
func (d Draft) fresh(tx *store.Tx, county int64, c Content) error {
	units, err := Units(tx, county, d)
	if err != nil {
		return err
	}
	for _, u := range units {
		var own []Line
		for _, l := range c.Lines {
			if l.Unit == u.ID {
				own = append(own, l)
			}
		}
		if len(own) == 0 {
			continue
		}
		if _, err := d.compute(tx, county, u, own); err != nil {
			f := fault.As(err)
			if f == nil {
				return err
			}
			return fault.Newf(fault.Refused, "drafting-outdated", "请在该单位的编报页重新计算并保存", "%s的定额行与现在的花名册、编制或标准不符:%s", u.Name, f.Message)
		}
	}
	return nil
}

// take takes a step on a draft.
func take(tx *store.Tx, by identity.Actor, step, id string, version int64, reason string, effect func(d Draft, today calendar.Date) (document.Effect, error)) (document.Document, error) {
	d, err := Get(tx, by, id)
	if err != nil {
		return document.Document{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return document.Document{}, err
	}
	act := document.Act{By: by, Kind: Kind, Step: step, ID: id, Version: version, Unit: d.Unit, Path: d.Path, Today: today, Reason: reason}
	return document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if effect == nil {
			return document.Effect{}, nil
		}
		return effect(d, today)
	})
}

// File says that the approved budget was filed with the government above (预算法 art. 50), under a number and on a day.
func File(tx *store.Tx, by identity.Actor, id string, version int64, on calendar.Date, number string) error {
	return fulfil(tx, by, "file", "budget-filing", id, version, on, number)
}

// Publish says where and when the approved budget was published (预算法 art. 14).
func Publish(tx *store.Tx, by identity.Actor, id string, version int64, on calendar.Date, where string) error {
	return fulfil(tx, by, "publish", "budget-publication", id, version, on, where)
}

// fulfil takes a step that does what an obligation asks.
func fulfil(tx *store.Tx, by identity.Actor, step, kind, id string, version int64, on calendar.Date, ref string) error {
	d, err := Get(tx, by, id)
	if err != nil {
		return err
	}
	if d.State == Replied {
		step += "-replied"
	}
	_, err = take(tx, by, step, id, version, "", func(d Draft, _ calendar.Date) (document.Effect, error) {
		unit, err := org.Get(tx, by.County, d.Unit)
		if err != nil {
			return document.Effect{}, err
		}
		done, err := obligation.MeetOf(tx, by, id, kind, unit, d.Path, on, ref)
		if err == nil && !done {
			err = fault.Newf(fault.Refused, "drafting-done", "不必再办", "%s已经%s", d.Title(), Kind.Step(step).Title)
		}
		return document.Effect{Facts: map[string]string{"on": string(on), "reference": strings.TrimSpace(ref)}}, err
	})
	return err
}

// digest gives the SHA-256 of a version, as its leaf holds it.
func (c Content) digest() string {
	lines := slices.Clone(c.Lines)
	slices.SortStableFunc(lines, func(a, b Line) int { return int(a.Unit - b.Unit) })
	o := trail.NewObject()
	o.Objects("controls", len(c.Controls), func(i int, inner *trail.Object) {
		inner.Int("amount", int64(c.Controls[i].Amount)).Text("fund", c.Controls[i].Fund).Int("unit", c.Controls[i].Unit)
	})
	o.Objects("items", len(c.Items), func(i int, inner *trail.Object) {
		t := c.Items[i]
		inner.Int("amount", int64(t.Amount)).Text("class", t.Class).Text("counter", t.Counter).Text("fund", t.Fund).Text("note", t.Note).Text("side", string(t.Side))
	})
	o.Objects("lines", len(lines), func(i int, inner *trail.Object) {
		l := lines[i]
		inner.Int("amount", int64(l.Amount)).Text("basis", string(l.Basis)).Text("economic", l.Economic).Text("function", l.Function).Text("fund", l.Fund)
		inner.Text("gov_economic", l.GovEconomic).Int("guarantee", bit(l.Guarantee)).Text("note", l.Note).Text("project", l.Project).Int("purchase", bit(l.Purchase))
		inner.Int("quantity", l.Quantity).Int("rate", int64(l.Rate)).Text("source", l.Source).Text("standard", l.Standard).Int("unit", l.Unit)
	})
	return trail.Digest(o.Bytes())
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
