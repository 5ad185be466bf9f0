package web

import (
	"strings"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/drafting"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/handover"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/payment"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// ruleGroups are the rules that the domains read, with who sets them.
func ruleGroups() []ruleGroup {
	return []ruleGroup{
		{"登录与会话", "等级保护要求设限,具体数值由县里规定", identity.Rules(), []identity.Role{identity.SecAdmin}},
		{"办理期限", "《会计基础工作规范》要求及时记账、结账,日期由县里规定", ledger.Rules(), []identity.Role{identity.CountyBudget, identity.CountyTreasury}},
		{"预算指标", "预算法第四十二条:连续两年未用完的结转资金视同结余,年数由县里确认", appropriation.Rules(), []identity.Role{identity.CountyBudget}},
		{"预算编制", "《预算法》第四十条规定预备费的幅度", drafting.Rules(), []identity.Role{identity.CountyBudget}},
		{"用款计划与支付", "《预算法实施条例》、国库集中支付制度和《现金管理暂行条例》;限额和期限由县里规定", payment.Rules(), []identity.Role{identity.CountyTreasury}},
		{"预算年度", "《预算法》规定批复、备案、公开的期限;法律只要求及时的由县里规定", obligation.Rules(), []identity.Role{identity.CountyBudget, identity.CountyTreasury}},
		{"对账", "财政、税务、国库和银行按月核对,超期的未达账项提示并上报,天数由县里规定", agreement.Rules(), []identity.Role{identity.CountyBudget, identity.CountyTreasury}},
		{"代理", "《会计基础工作规范》要求长期离岗的办理交接,期限由县里规定", handover.Rules(), []identity.Role{identity.CountyBudget, identity.CountyTreasury}},
	}
}

type ruleGroup struct {
	Title   string
	Source  string
	Rules   []rule.Definition
	keepers []identity.Role
}

// definition finds a rule by its code.
func definition(code string) (rule.Definition, ruleGroup, bool) {
	for _, g := range ruleGroups() {
		for _, d := range g.Rules {
			if d.Code == code {
				return d, g, true
			}
		}
	}
	return rule.Definition{}, ruleGroup{}, false
}

// rulesPage shows what holds today and what is to come, by group.
type rulesPage struct {
	Base
	Groups  []ruleSection
	Choices []choice
	Keeper  bool
	From    string
	Value   string
	No      string
}

type ruleSection struct {
	Title, Source string
	Rows          []ruleRow
}

// ruleRow is a dated value, or that none is in force (Value without a text).
type ruleRow struct {
	Code   string
	Title  string
	Scope  string
	Value  rule.Value
	State  string // 生效中, 将生效, 已失效
	Class  string
	SetBy  string
	At     string
	Former int // values that no longer hold
}

func showRules(c *call, tx *store.Tx) (answer, error) {
	p, err := c.rulesPage(tx, c.query("code"))
	if err != nil {
		return answer{}, err
	}
	return show("rule/list", p)
}

func (c *call) rulesPage(tx *store.Tx, chosen string) (*rulesPage, error) {
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	root, err := org.Root(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return nil, err
	}
	p := &rulesPage{From: string(today.AddDays(1))}
	p.Styles = []string{"admin.css"}
	for _, g := range ruleGroups() {
		section := ruleSection{Title: g.Title, Source: g.Source}
		keeper := c.actor.Has(root.Path, g.keepers...)
		p.Keeper = p.Keeper || keeper
		for _, d := range g.Rules {
			if keeper {
				p.Choices = append(p.Choices, choice{Value: d.Code, Title: d.Title, On: d.Code == chosen})
			}
			rows, err := c.ruleRows(tx, d, root, today, names)
			if err != nil {
				return nil, err
			}
			section.Rows = append(section.Rows, inForce(d, rows)...)
		}
		p.Groups = append(p.Groups, section)
	}
	return p, nil
}

// inForce leaves out the values that are over, and counts them on the first that stays.
func inForce(d rule.Definition, rows []ruleRow) []ruleRow {
	var out []ruleRow
	former := 0
	for _, r := range rows {
		if r.State == "已失效" {
			former++
			continue
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		out = []ruleRow{{Code: d.Code, Title: d.Title, State: "未设定", Class: "late"}}
	}
	out[0].Former = former
	return out
}

// ruleRows gives every value of a rule, oldest first.
func (c *call) ruleRows(tx *store.Tx, d rule.Definition, root org.Unit, today calendar.Date, names map[int64]string) ([]ruleRow, error) {
	history, err := identity.RuleHistory(tx, c.actor.County, d.Code)
	if err != nil {
		return nil, err
	}
	var rows []ruleRow
	for _, v := range history {
		row := ruleRow{Code: d.Code, Title: d.Title, Scope: root.Name, Value: v.Value, State: "生效中", Class: "ok", SetBy: "建账时由程序设定"}
		switch {
		case v.From > today:
			row.State, row.Class = "将生效", "wait"
		case v.To != "" && v.To < today:
			row.State, row.Class = "已失效", ""
		}
		if v.By != 0 {
			row.SetBy, row.At = names[v.By], clock(v.At)
		}
		if v.Unit != 0 {
			u, err := org.Get(tx, c.actor.County, v.Unit)
			if err != nil {
				return nil, err
			}
			if !c.actor.Sees(u.Path) {
				continue // another township's own value
			}
			row.Scope = u.Name
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// rulePage is the history of one rule.
type rulePage struct {
	Base
	Rule   rule.Definition
	Group  string
	Bounds string
	Who    string
	Rows   []ruleRow
	Keeper bool
}

func showRule(c *call, tx *store.Tx) (answer, error) {
	d, g, ok := definition(c.r.PathValue("rule"))
	if !ok {
		return answer{}, fault.New(fault.NotFound, "rule-unknown", "没有这项参数", "请从列表中选择")
	}
	root, err := org.Root(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	today, err := org.Today(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	p := &rulePage{Rule: d, Group: g.Title, Bounds: d.Bounds(), Keeper: c.actor.Has(root.Path, g.keepers...)}
	p.Title = d.Title
	var who []string
	for _, r := range g.keepers {
		who = append(who, r.Title())
	}
	p.Who = strings.Join(who, "、")
	names, err := identity.Names(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	if p.Rows, err = c.ruleRows(tx, d, root, today, names); err != nil {
		return answer{}, err
	}
	return show("rule/show", p)
}

func setRule(c *call) (answer, error) {
	code := c.form("code")
	err := c.write(func(tx *store.Tx) error {
		from, err := calendar.ParseDate(c.form("from"))
		if err != nil {
			return fieldFault(err, "from")
		}
		d, g, ok := definition(code)
		if !ok {
			return fault.New(fault.Invalid, "rule-unknown", "没有这项参数", "请从列表中选择").In("code")
		}
		v := rule.Value{Code: code, From: from, Text: c.form("value"), DocumentNo: c.form("no")}
		return identity.SetRule(tx, c.actor, d, v, g.keepers...)
	})
	if err == nil {
		return goTo("/rules/" + code)
	}
	read := func(tx *store.Tx) (*rulesPage, error) { return c.rulesPage(tx, code) }
	return formAgain(c, "rule/list", err, read, func(p *rulesPage) { p.From, p.Value, p.No = c.form("from"), c.form("value"), c.form("no") })
}
