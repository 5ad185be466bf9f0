package web

import (
	"strings"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// handoverRoutes are about people who leave a post and hand it over before a witness.
func handoverRoutes() []route {
	all := []route{
		{pattern: "GET /handovers", title: "工作交接", right: signedIn, show: showHandovers},
		{pattern: "POST /handovers", title: "发起工作交接", right: only(handover.Witnesses...), do: startHandover},
		{pattern: "GET /handovers/{handover}", title: "工作交接书", right: signedIn, show: showHandover},
	}
	for _, s := range handover.Kind.Steps[1:] {
		all = append(all, route{pattern: "POST /handovers/{handover}/" + s.Name, title: "工作交接:" + s.Title, right: only(s.Roles...), do: stepHandover})
	}
	return all
}

// handoversPage lists handovers, and lets a head start one.
type handoversPage struct {
	Base
	Rows      []handoverRow
	More      bool // there are older ones than are shown
	Starts    bool
	ID        string
	People    []dataList
	Leaver    string
	Successor string
	Witness   string
	Cause     string
	Things    string
}

type handoverRow struct {
	Path                       string
	Leaver, Successor, Witness string
	Unit                       string
	Cause                      string
	State, Class               string
	Started                    string
	Waits                      string // whose signature is missing
}

func showHandovers(c *call, tx *store.Tx) (answer, error) {
	p, err := c.handoversPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("person/handovers", p)
}

func (c *call) handoversPage(tx *store.Tx) (*handoversPage, error) {
	p := &handoversPage{Starts: len(c.paths(handover.Witnesses...)) > 0, ID: document.NewID()}
	p.Styles = []string{"admin.css"}
	all, more, err := handover.List(tx, c.actor)
	if err != nil {
		return nil, err
	}
	p.More = more
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		row := handoverRow{
			Path: "/handovers/" + h.Document, Leaver: names[h.Leaver], Successor: names[h.Successor], Witness: names[h.Witness], Unit: h.UnitName,
			Cause: h.Cause, State: h.StateTitle(), Class: "wait", Started: clock(h.StartedAt), Waits: names[h.Waits()],
		}
		switch {
		case h.State == handover.Done:
			row.Class = "ok"
		case h.Waits() == c.actor.Person:
			row.Class = "late"
		case !h.UnderWay():
			row.Class = ""
		}
		p.Rows = append(p.Rows, row)
	}
	if p.Starts {
		if p.People, err = c.colleagues(tx); err != nil {
			return nil, err
		}
		own := option{c.session.LoginName + " " + c.actor.Name, "本人"}
		p.People[0].Options = append(p.People[0].Options, own)
		p.Witness = own.Value
	}
	return p, nil
}

func startHandover(c *call) (answer, error) {
	id := c.form("document")
	err := c.write(func(tx *store.Tx) error {
		var err error
		if id, err = document.ParseID(id); err != nil {
			return err
		}
		n := handover.New{Document: id, Cause: c.form("cause"), Things: c.form("things")}
		for _, who := range []struct {
			field string
			to    *int64
		}{{"leaver", &n.Leaver}, {"successor", &n.Successor}, {"witness", &n.Witness}} {
			l, err := c.colleague(tx, c.form(who.field), who.field)
			if err != nil {
				return err
			}
			*who.to = l.Person
		}
		return handover.Start(tx, c.actor, n)
	})
	if err == nil || document.IsTaken(err) {
		return goTo("/handovers/" + id)
	}
	return formAgain(c, "person/handovers", err, c.handoversPage, func(p *handoversPage) {
		p.ID, p.Leaver, p.Successor, p.Witness = c.form("document"), c.form("leaver"), c.form("successor"), c.form("witness")
		p.Cause, p.Things = c.form("cause"), c.form("things")
	})
}

// handoverPage is the record that the three sign, as it is printed.
type handoverPage struct {
	Base
	Handover                   handover.Handover
	Leaver, Successor, Witness string
	State                      string
	Signed                     bool // the leaver has signed the list
	Items                      []handoverItem
	Things                     []string
	Steps                      []stepForm
	Waits                      string
	Trail                      []trailRow
	LeaverAt                   string
	SuccessorAt                string
	WitnessAt                  string
}

type handoverItem struct {
	handover.Item
	Path string // where this person may look at it
}

func showHandover(c *call, tx *store.Tx) (answer, error) {
	p, err := c.handoverPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("person/handover", p)
}

func (c *call) handoverPage(tx *store.Tx) (*handoverPage, error) {
	h, err := handover.See(tx, c.actor, c.r.PathValue("handover"))
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &handoverPage{
		Handover: h, Leaver: names[h.Leaver], Successor: names[h.Successor], Witness: names[h.Witness], State: h.StateTitle(),
		Signed: h.LeaverAt != "", Waits: names[h.Waits()],
	}
	p.Title, p.Styles = names[h.Leaver]+" 工作交接书", []string{"admin.css"}
	for _, at := range []struct {
		from string
		to   *string
	}{{h.LeaverAt, &p.LeaverAt}, {h.SuccessorAt, &p.SuccessorAt}, {h.WitnessAt, &p.WitnessAt}} {
		if at.from != "" {
			*at.to = clock(at.from)
		}
	}
	if h.Things != "" {
		p.Things = strings.Split(h.Things, "\n")
	}
	items := h.Items
	if !p.Signed {
		if items, err = handover.Items(tx, c.actor.County, h.Leaver); err != nil {
			return nil, err
		}
	}
	for _, it := range items {
		row := handoverItem{Item: it}
		if it.Book != 0 {
			b, err := ledger.See(tx, c.actor, it.Book)
			if fault.Is(err, fault.NotFound) {
				p.Items = append(p.Items, row)
				continue
			}
			if err != nil {
				return nil, err
			}
			row.Path = bookPath(b)
			if it.Document != "" {
				row.Path = voucherPath(it.Document)
			}
		}
		p.Items = append(p.Items, row)
	}
	p.Steps = c.handoverSteps(h)
	p.Trail, err = trailRows(tx, c.actor.County, h.Document, handover.Kind, names)
	return p, err
}

// handoverSteps offers the signature that is the person's own, and taking the handover back.
func (c *call) handoverSteps(h handover.Handover) []stepForm {
	var steps []stepForm
	for _, s := range handover.Kind.Steps[1:] {
		form := stepForm{Name: s.Name, Title: s.Title, Reason: s.Reason, Path: "/handovers/" + h.Document + "/" + s.Name, Main: s.Name != "void"}
		own := h.Waits() == c.actor.Person && len(s.From) == 1 && s.From[0] == h.State
		if own || s.Name == "void" && h.UnderWay() && c.actor.Has(h.Path, s.Roles...) {
			steps = append(steps, form)
		}
	}
	return steps
}

func stepHandover(c *call) (answer, error) {
	id, step := c.r.PathValue("handover"), c.lastOfPath()
	err := c.write(func(tx *store.Tx) error {
		if step == "void" {
			return handover.Cancel(tx, c.actor, id, c.number("version"), c.form("reason"))
		}
		return handover.Sign(tx, c.actor, id, step, c.number("version"))
	})
	if err == nil || c.taken(id, c.number("version"), step) {
		return goTo("/handovers/" + id)
	}
	return formAgain(c, "person/handover", err, c.handoverPage, nil)
}
