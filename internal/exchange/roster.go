package exchange

import (
	"slices"
	"strconv"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/roster"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// rosterImporters are the makers who also bring in files.
var rosterImporters = []identity.Role{identity.Accountant, identity.OfficeHead, identity.CountyBudget}

var rosterActs = []roster.Act{roster.Enter, roster.Leave, roster.SetQuota}

func rosterWords() []string {
	var out []string
	for _, a := range rosterActs {
		out = append(out, a.Title())
	}
	return out
}

var rosterLayout = sheet.Layout{Name: string(Roster), Title: "花名册变动导入表", Columns: []sheet.Column{
	{Name: "act", Title: "变动", Required: true, Choices: rosterWords()},
	{Name: "unit", Title: "单位", Aliases: []string{"单位编码"}, Required: true, AsText: true, Note: "单位编码", Example: "990001101"},
	{Name: "kind", Title: "岗位类别", Required: true, Note: "如行政编制、事业编制、临时人员、代课教师、村干部", Example: "事业编制"},
	{Name: "name", Title: "姓名", Note: "到岗、离岗的填写;须是已登记的人员", Example: "周明"},
	{Name: "id_no", Title: "身份证号", Aliases: []string{"身份证号码", "证件号码"}, AsText: true, Note: "18 位"},
	{Name: "grade", Title: "职务级别", Aliases: []string{"职级"}, Example: "九级职员"},
	{Name: "posts", Title: "编制数", Note: "核定编制的填写"},
	{Name: "on", Title: "日期", Required: true, Note: "到岗、核编为首日,离岗为在岗的最后一天", Example: "2026-09-01"},
	{Name: "basis", Title: "文号", Aliases: []string{"依据文号"}, Required: true, Note: "录用、调动、核编等文件的文号", Example: "青编发〔2026〕3号"},
}}

// readRoster takes changes of the roster; each waits for its checker like one that was typed.
func readRoster(tx *store.Tx, im *imported) (write, error) {
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	root, err := org.Root(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		if err := im.record(tx, im.fileID(), root.ID, im.rightPath(root.Path)); err != nil {
			return err
		}
		return im.eachRow(tx, func(i int, row sheet.Row) (string, error) { return im.writeChange(tx, i, row) })
	}, nil
}

func (im *imported) writeChange(tx *store.Tx, i int, row sheet.Row) (column string, err error) {
	unit, err := org.ByCode(tx, im.by.County, row.Get("unit"))
	if err != nil {
		return "unit", err
	}
	on, err := calendar.ParseDate(row.Get("on"))
	if err != nil {
		return "on", err
	}
	at := slices.IndexFunc(rosterActs, func(a roster.Act) bool { return a.Title() == row.Get("act") })
	c := roster.Change{
		Document: im.documentID(i + 1), Act: rosterActs[at], Unit: unit.ID, Kind: row.Get("kind"), Grade: row.Get("grade"), On: on, Basis: row.Get("basis"),
	}
	kinds, err := roster.Kinds(tx, im.by.County, on)
	if err != nil {
		return "", err
	}
	if k := slices.IndexFunc(kinds, func(k roster.Kind) bool { return k.Title == c.Kind }); k >= 0 {
		c.Kind = kinds[k].Code
	}
	if c.Act == roster.SetQuota {
		if c.Posts, err = strconv.ParseInt(row.Get("posts"), 10, 64); err != nil {
			return "posts", fault.Newf(fault.Invalid, "roster-posts", "请填写整数", "编制数「%s」不是整数", row.Get("posts"))
		}
		return "", roster.Report(tx, im.by, c)
	}
	if c.Person, err = roster.FindPerson(tx, im.options.Keys, im.by.County, row.Get("name"), row.Get("id_no")); err != nil {
		return "id_no", err
	}
	if c.Act == roster.Leave {
		held, err := roster.Of(tx, im.by.County, c.Person)
		if err != nil {
			return "", err
		}
		p := slices.IndexFunc(held, func(p roster.Post) bool { return p.Unit == unit.ID && p.Kind == c.Kind && p.To == "" })
		if p < 0 {
			return "name", fault.Newf(fault.Refused, "roster-not-there", "请核对单位和岗位类别", "%s 不在%s的这个岗位上", row.Get("name"), unit.Name)
		}
		c.Post = held[p].ID
	}
	return "", roster.Report(tx, im.by, c)
}

// exportRoster gives, as enterings and quotas, who holds which post today in the units that the reader sees. Identity
// numbers are masked: they leave the program only one by one, for a reason.
func exportRoster(tx *store.Tx, by identity.Actor, _ []ledger.Book, emit emit) error {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	codes, err := unitCodes(tx, by.County)
	if err != nil {
		return err
	}
	kinds, err := roster.Kinds(tx, by.County, today)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, k := range kinds {
		titles[k.Code] = k.Title
	}
	staff, err := roster.On(tx, by.County, "/", today)
	if err != nil {
		return err
	}
	for _, q := range staff.Quotas {
		if !q.Set || !by.Has(q.Path, roster.Readers...) {
			continue
		}
		err := emit(sheet.Text(roster.SetQuota.Title()), sheet.Text(codes[q.Unit]), sheet.Text(titles[q.Kind]), sheet.Text(""), sheet.Text(""), sheet.Text(""),
			sheet.Integer(q.Posts), sheet.Text(string(q.From)), sheet.Text(q.Basis))
		if err != nil {
			return err
		}
	}
	for _, p := range staff.Posts {
		if !by.Has(p.Path, roster.Readers...) {
			continue
		}
		person, err := identity.GetPerson(tx, by.County, p.Person)
		if err != nil {
			return err
		}
		err = emit(sheet.Text(roster.Enter.Title()), sheet.Text(codes[p.Unit]), sheet.Text(titles[p.Kind]), sheet.Text(p.Name), sheet.Text(person.Masked),
			sheet.Text(p.Grade), sheet.Text(""), sheet.Text(string(p.From)), sheet.Text(p.Basis))
		if err != nil {
			return err
		}
	}
	return nil
}
