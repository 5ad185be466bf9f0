package bank

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

// Purpose is which of a bank's files a format is of.
type Purpose string

// The purposes.
const (
	Statement Purpose = "statement" // 银行对账单
	Daily     Purpose = "treasury"  // 国库日报
	Taxes     Purpose = "tax"       // 税收入库明细
	Batches   Purpose = "batch"     // 代付批次, sent
	Answers   Purpose = "answer"    // 代付回盘, received
)

var purposeTitles = map[Purpose]string{Statement: "银行对账单", Daily: "国库日报", Taxes: "税收入库明细", Batches: "支付批次", Answers: "支付回盘"}

// Purposes gives the purposes in the order in which pages offer them.
func Purposes() []Purpose { return []Purpose{Statement, Daily, Taxes, Batches, Answers} }

// Title is the purpose's name on pages.
func (p Purpose) Title() string { return purposeTitles[p] }

// FormatKind declares the steps of a format.
var FormatKind = &document.Kind{
	Name: "bank-format", Title: "银行文件格式",
	States: map[document.State]string{Submitted: "待审核", Effective: "已生效", Refused: "已退回"},
	Steps: []document.Step{
		{Name: "draft", Title: "提交", To: Submitted, Roles: FormatMakers, Duty: document.DutyMake},
		{Name: "check", Title: "审核", From: []document.State{Submitted}, To: Effective, Roles: FormatCheckers, Duty: document.DutyCheck},
		{Name: "return", Title: "退回", From: []document.State{Submitted}, To: Refused, Roles: FormatCheckers, Reason: true},
	},
}

// FormatMakers propose formats, which hold for the whole county; FormatCheckers at the county check them.
var (
	FormatMakers   = []identity.Role{identity.Accountant, identity.OfficeHead, identity.CountyTreasury}
	FormatCheckers = []identity.Role{identity.CountyTreasury, identity.CountyBudget}
)

// Format is how one kind of a bank's files looks (文件格式).
type Format struct {
	Document string
	Version  int64
	State    document.State
	Path     string // of the unit that proposed it
	Code     string // by which accounts name it
	Title    string
	Purpose  Purpose
	Layout   bankfile.Layout
	Key      string // Ed25519 public key of the bank that signs answers, base64; else empty
	Maker    int64
	MadeAt   string
}

// Common are the formats that every county has: plain tables with our own heads, which a person can fill in.
func Common(p Purpose) Format {
	l := bankfile.Layout{Format: bankfile.CSV}
	for _, f := range map[Purpose][]bankfile.Field{
		Statement: {bankfile.Date, bankfile.Reference, bankfile.Summary, bankfile.Counterparty, bankfile.In, bankfile.Out, bankfile.Balance},
		Daily:     {bankfile.Date, bankfile.Reference, bankfile.Code, bankfile.Amount},
		Taxes:     {bankfile.Date, bankfile.Reference, bankfile.Code, bankfile.Counterparty, bankfile.Amount},
		Batches:   bankfile.BatchFields,
		Answers:   bankfile.AnswerFields,
	}[p] {
		l.Columns = append(l.Columns, bankfile.Column{Field: f, Head: f.Title()})
	}
	if p == Answers {
		l.Yes, l.No = []string{"成功"}, []string{"失败"}
	}
	return Format{Title: "通用" + p.Title(), Purpose: p, Layout: l}
}

func (f *Format) check() error {
	f.Code, f.Title = strings.TrimSpace(f.Code), strings.TrimSpace(f.Title)
	for _, t := range []struct{ name, title, value string }{{"code", "格式代码", f.Code}, {"title", "格式名称", f.Title}} {
		if t.value == "" {
			return fault.Newf(fault.Invalid, "bank-missing", "请填写", "没有填写%s", t.title).In(t.name)
		}
		if err := text.Check(t.name, t.title, t.value, nameMost); err != nil {
			return err
		}
	}
	switch f.Purpose {
	case Statement, Daily, Taxes:
		return f.Layout.CheckStatement(f.Purpose == Statement)
	case Batches:
		return f.Layout.CheckBatch()
	case Answers:
		if key, err := base64.StdEncoding.DecodeString(f.Key); err != nil || len(key) != ed25519.PublicKeySize {
			return fault.New(fault.Invalid, "bank-key", "银行公钥不对", "请粘贴银行给的 Ed25519 公钥(Base64,44 个字符)").In("key")
		}
		return f.Layout.CheckAnswer()
	}
	return fault.New(fault.Invalid, "bank-purpose", "没有选择文件种类", "请从列表中选择").In("purpose")
}

// Propose enters a format for checking; one of the same code takes the former one's place once it is checked. The same
// form again is refused with an error for which document.IsTaken holds.
func Propose(tx *store.Tx, by identity.Actor, f Format) error {
	if err := f.check(); err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	unit, path := rightUnit(by)
	act := document.Act{By: by, Kind: FormatKind, Step: "draft", ID: f.Document, Unit: unit, Path: path, Today: today}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		_, err := tx.Exec(`insert into bank_format (county_id, document_id, code, title, purpose, layout, key, maker_id, made_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, by.County, f.Document, f.Code, f.Title, string(f.Purpose), f.Layout.Text(), f.Key, by.Person, calendar.Instant(tx.Now))
		if store.IsUnique(err) {
			return document.Effect{}, fault.New(fault.Conflict, "document-exists", "这个格式已经提交过", "请刷新后查看,勿重复提交")
		}
		if err != nil {
			return document.Effect{}, fmt.Errorf("bank.Propose %s: %w", f.Document, err)
		}
		return document.Effect{Ref: f.Code, Rows: trail.Digest(f.rows())}, nil
	})
	return err
}

// rightUnit is the unit for which the actor may propose formats: who stands over it sees what is proposed.
func rightUnit(by identity.Actor) (unit int64, path string) {
	for _, g := range by.Grants {
		if slices.Contains(FormatMakers, g.Role) {
			return g.Unit, g.Path
		}
	}
	return 0, "/"
}

func (f Format) rows() []byte {
	return trail.NewObject().Text("code", f.Code).Text("key", f.Key).Text("layout", f.Layout.Text()).Text("purpose", string(f.Purpose)).Text("title", f.Title).Bytes()
}

// CheckFormat lets a format hold.
func CheckFormat(tx *store.Tx, by identity.Actor, id string, version int64) error {
	return formatStep(tx, by, "check", id, version, "")
}

// ReturnFormat refuses a format, for a reason.
func ReturnFormat(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	return formatStep(tx, by, "return", id, version, reason)
}

func formatStep(tx *store.Tx, by identity.Actor, name, id string, version int64, reason string) error {
	all, err := queryFormats(tx, formats+` and f.document_id = $2`, by.County, id)
	if err != nil {
		return err
	}
	if len(all) == 0 || !all[0].visible(by) {
		return fault.New(fault.NotFound, "bank-format-unknown", "没有这个银行文件格式", "请从文件格式中打开")
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: FormatKind, Step: name, ID: id, Version: version, Path: all[0].Path, Today: today, Reason: reason}
	_, err = document.Take(tx, act, nil)
	return err
}

// visible reports whether a person may read a format: one that holds is everybody's, one that is proposed or refused is
// that of its unit and of who stands over it.
func (f Format) visible(by identity.Actor) bool { return f.State == Effective || by.Sees(f.Path) }

const formats = `select f.document_id, d.version, d.state, u.path, f.code, f.title, f.purpose, f.layout, f.key, f.maker_id, f.made_at from bank_format f
	cross join document d
	join unit u on u.county_id = d.county_id and u.unit_id = d.unit_id
	where f.county_id = $1 and d.county_id = f.county_id and d.document_id = f.document_id`

func queryFormats(tx *store.Tx, q string, args ...any) ([]Format, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, fmt.Errorf("bank: formats: %w", err)
	}
	defer rows.Close()
	var out []Format
	for rows.Next() {
		var f Format
		var layout string
		err := rows.Scan(&f.Document, &f.Version, &f.State, &f.Path, &f.Code, &f.Title, &f.Purpose, &layout, &f.Key, &f.Maker, &f.MadeAt)
		if err == nil {
			f.Layout, err = bankfile.Parse(layout)
		}
		if err != nil {
			return nil, fmt.Errorf("bank: formats: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// Formats gives the formats that a person may read, the newest of each code first.
func Formats(tx *store.Tx, by identity.Actor) ([]Format, error) {
	all, err := queryFormats(tx, formats+` order by f.code, f.made_at desc, f.document_id`, by.County)
	return slices.DeleteFunc(all, func(f Format) bool { return !f.visible(by) }), err
}

// FormatOf gives the format of a code that holds, for a purpose; the common one where the code is empty.
func FormatOf(tx *store.Tx, county int64, code string, p Purpose) (Format, error) {
	if code == "" {
		return Common(p), nil
	}
	all, err := queryFormats(tx, formats+` and f.code = $2 and f.purpose = $3 and d.state = 'effective' order by f.made_at desc, f.document_id limit 1`, county, code, string(p))
	if err != nil {
		return Format{}, err
	}
	if len(all) == 0 {
		return Format{}, fault.Newf(fault.NotFound, "bank-format-unknown", "请在文件格式中登记并经另一人审核", "没有已生效的%s格式「%s」", p.Title(), code).In("format")
	}
	return all[0], nil
}

func verifyFormats(tx *store.Tx, county int64) ([]document.Flaw, error) {
	leaves, err := document.LeavesOf(tx, county, "bank_format")
	if err != nil {
		return nil, err
	}
	all, err := queryFormats(tx, formats, county)
	if err != nil {
		return nil, err
	}
	var flaws []document.Flaw
	for _, f := range all {
		leaf := leaves[f.Document]["draft"]
		if !leaf.By(f.Maker, f.MadeAt) || leaf.Rows != trail.Digest(f.rows()) {
			flaws = append(flaws, document.Flaw{Document: f.Document, Message: fmt.Sprintf("银行文件格式「%s」与存证不符", f.Title)})
		}
	}
	return flaws, nil
}
