package web

import (
	"strconv"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// formatsPage lists how the files of banks look.
type formatsPage struct {
	Base
	Rows []formatRow
	Make bool
}

type formatRow struct {
	bank.Format
	Title   string
	Kind    string
	State   string
	Class   string
	By      string
	Columns string
	Steps   []stepForm
}

func showFormats(c *call, tx *store.Tx) (answer, error) {
	p, err := c.formatsPage(tx)
	if err != nil {
		return answer{}, err
	}
	return show("agreement/formats", p)
}

func (c *call) formatsPage(tx *store.Tx) (*formatsPage, error) {
	p := &formatsPage{Make: len(c.paths(bank.FormatMakers...)) > 0}
	p.Styles = []string{"agreement.css"}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	all, err := bank.Formats(tx, c.actor)
	if err != nil {
		return nil, err
	}
	columns := func(l bankfile.Layout) string {
		return listed(l.Columns, func(c bankfile.Column) string {
			if c.Width > 0 {
				return c.Field.Title() + " " + strconv.Itoa(c.Width)
			}
			return c.Head
		})
	}
	for _, f := range all {
		row := formatRow{Format: f, Title: f.Title, Kind: f.Purpose.Title() + " · " + f.Layout.Format.Title(), State: bank.FormatKind.States[f.State], Columns: columns(f.Layout)}
		row.Class = map[document.State]string{bank.Submitted: "wait", bank.Effective: "ok"}[f.State]
		if c.actor.Sees(f.Path) {
			row.By = names[f.Maker]
		}
		d, err := document.Get(tx, c.actor.County, f.Document)
		if err != nil {
			return nil, err
		}
		row.Steps = c.stepForms(tx, bank.FormatKind, d, f.Path, "/bank-formats/"+f.Document+"/")
		p.Rows = append(p.Rows, row)
	}
	for _, purpose := range bank.Purposes() {
		f := bank.Common(purpose)
		p.Rows = append(p.Rows, formatRow{Format: f, Title: f.Title, Kind: purpose.Title() + " · " + f.Layout.Format.Title(), State: "系统自带", Columns: columns(f.Layout)})
	}
	return p, nil
}

// formatForm proposes a format: one row for each column of the file.
type formatForm struct {
	Base
	Document   string
	Purposes   []choice
	Formats    []choice
	Encodings  []choice
	Code, Name string
	Separator  string
	Yes, No    string
	Key        string
	Columns    []columnRow
}

type columnRow struct {
	No     int
	Fields []choice
	Head   string
	Width  string
}

// columnsShown is how many columns the form offers.
const columnsShown = 14

func newFormat(c *call, tx *store.Tx) (answer, error) {
	p, err := c.formatForm(tx)
	if err != nil {
		return answer{}, err
	}
	return show("agreement/format", p)
}

func (c *call) formatForm(*store.Tx) (*formatForm, error) {
	p := &formatForm{Document: document.NewID(), Code: c.form("code"), Name: c.form("title"), Separator: c.form("separator"), Yes: c.form("yes"), No: c.form("no"), Key: c.form("key")}
	p.Styles = []string{"agreement.css"}
	for _, v := range bank.Purposes() {
		p.Purposes = append(p.Purposes, choice{Value: string(v), Title: v.Title(), On: c.form("purpose") == string(v)})
	}
	for _, f := range bankfile.Formats() {
		p.Formats = append(p.Formats, choice{Value: string(f), Title: f.Title(), On: c.form("format") == string(f)})
	}
	for _, e := range []choice{{Title: "自动识别"}, {Value: string(bankfile.UTF8), Title: "UTF-8"}, {Value: string(bankfile.GB18030), Title: "GB18030(GBK)"}} {
		e.On = c.form("encoding") == e.Value
		p.Encodings = append(p.Encodings, e)
	}
	fields, heads, widths := c.r.PostForm["field"], c.r.PostForm["head"], c.r.PostForm["width"]
	for i := range columnsShown {
		row := columnRow{No: i + 1}
		at := func(all []string) string {
			if i < len(all) {
				return all[i]
			}
			return ""
		}
		row.Head, row.Width = at(heads), at(widths)
		row.Fields = []choice{{Title: "(不读)"}}
		for _, f := range bankfile.Fields() {
			row.Fields = append(row.Fields, choice{Value: string(f), Title: f.Title(), On: at(fields) == string(f)})
		}
		p.Columns = append(p.Columns, row)
	}
	return p, nil
}

func proposeFormat(c *call) (answer, error) {
	id, err := document.ParseID(c.form("document"))
	if err != nil {
		return answer{}, err
	}
	f := bank.Format{Document: id, Code: c.form("code"), Title: c.form("title"), Purpose: bank.Purpose(c.form("purpose")), Key: c.form("key")}
	f.Layout = bankfile.Layout{
		Format: bankfile.Format(c.form("format")), Encoding: bankfile.Encoding(c.form("encoding")), Separator: c.form("separator"),
		Yes: bankfile.Words(c.form("yes")), No: bankfile.Words(c.form("no")),
	}
	fields, heads, widths := c.r.PostForm["field"], c.r.PostForm["head"], c.r.PostForm["width"]
	for i := range min(len(fields), len(heads), len(widths)) {
		width, _ := strconv.Atoi(widths[i])
		if col := (bankfile.Column{Field: bankfile.Field(fields[i]), Head: heads[i], Width: width}); col != (bankfile.Column{}) {
			f.Layout.Columns = append(f.Layout.Columns, col)
		}
	}
	err = c.write(func(tx *store.Tx) error { return bank.Propose(tx, c.actor, f) })
	if err == nil || document.IsTaken(err) {
		return goTo("/bank-formats")
	}
	return formAgain(c, "agreement/format", err, c.formatForm, func(p *formatForm) { p.Document = id })
}

func stepFormat(c *call) (answer, error) {
	id, version, name := c.r.PathValue("format"), c.number("version"), c.r.PathValue("step")
	err := c.write(func(tx *store.Tx) error {
		switch name {
		case "check":
			return bank.CheckFormat(tx, c.actor, id, version)
		case "return":
			return bank.ReturnFormat(tx, c.actor, id, version, c.form("reason"))
		}
		return notThere()
	})
	if err == nil || c.taken(id, version, name) {
		return goTo("/bank-formats")
	}
	return formAgain(c, "agreement/formats", err, c.formatsPage, nil)
}
