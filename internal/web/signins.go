package web

import (
	"net/url"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// signInsPage lists the attempts to sign in, for the audit administrator.
type signInsPage struct {
	Base
	First, Last string
	Name        string
	Outcomes    []choice
	Rows        []signInRow
	Next        string // address of the older ones; empty: there are none
	Later       bool   // a page of older ones
	Newest      string
}

type signInRow struct {
	At      string
	Name    string
	Person  string
	Outcome string
	Class   string
	Address string
}

// signInsMost is how many attempts one page shows.
const signInsMost = 100

func showSignIns(c *call, tx *store.Tx) (answer, error) {
	today := calendar.DateOf(tx.Now)
	f := identity.SignInFilter{First: today.AddDays(1 - signInDays), Last: today, Name: c.query("name"), Outcome: c.query("outcome"), Before: c.query("before"), Most: signInsMost + 1}
	p := &signInsPage{First: string(f.First), Last: string(f.Last), Name: f.Name, Later: f.Before != ""}
	for _, o := range identity.Outcomes() {
		p.Outcomes = append(p.Outcomes, choice{Value: o.Code, Title: o.Title, On: o.Code == f.Outcome})
	}
	if err := c.days(&f.First, &f.Last); err != nil {
		p.First, p.Last = c.query("first"), c.query("last")
		return redraw("person/sign_ins", p, err)
	}
	p.First, p.Last = string(f.First), string(f.Last)
	all, err := identity.SignIns(tx, c.actor, f)
	if err != nil {
		return answer{}, err
	}
	q := url.Values{"first": {p.First}, "last": {p.Last}, "name": {f.Name}, "outcome": {f.Outcome}}
	p.Newest = "/sign-ins?" + q.Encode()
	if len(all) > signInsMost {
		all = all[:signInsMost]
		q.Set("before", all[len(all)-1].Cursor)
		p.Next = "/sign-ins?" + q.Encode()
	}
	p.Rows = signInRows(all)
	return show("person/sign_ins", p)
}

// days reads the first and the last day of the address; what is not given stays.
func (c *call) days(first, last *calendar.Date) error {
	for _, d := range []struct {
		name string
		to   *calendar.Date
	}{{"first", first}, {"last", last}} {
		if text := c.query(d.name); text != "" {
			date, err := calendar.ParseDate(text)
			if err != nil {
				return fieldFault(err, d.name)
			}
			*d.to = date
		}
	}
	if *last < *first {
		return fault.Newf(fault.Invalid, "days-reversed", "请改正起止日期", "止日 %s 早于起日 %s", *last, *first).In("last")
	}
	return nil
}

func signInRows(all []identity.Attempt) []signInRow {
	var rows []signInRow
	for _, a := range all {
		row := signInRow{At: clock(calendar.Instant(a.At)), Name: a.Name, Person: a.Person, Outcome: a.Title(), Class: "late", Address: a.Address}
		if a.Outcome == "ok" {
			row.Class = "ok"
		}
		rows = append(rows, row)
	}
	return rows
}
