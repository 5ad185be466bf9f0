package exchange

import "xiangzhang/internal/sheet"

// ungrouped tells how rows without a number become vouchers.
const ungrouped = "可留空由系统编号;留空时,同一账套、日期、凭证字的连续各行,到借贷(财务会计、预算会计各自)相等处为一张凭证;" +
	"也可以只在首行填账套、日期,其余行留空;分不清时会提示填号"

// dimensionColumns are the auxiliary columns of vouchers and opening balances.
var dimensionColumns = []sheet.Column{
	{Name: "function", Title: "功能分类", Aliases: []string{"支出功能分类", "功能科目"}, AsText: true, Note: "科目设有功能分类核算时填写编码", Example: "2010301"},
	{Name: "economic", Title: "部门经济分类", Aliases: []string{"经济分类", "经济科目"}, AsText: true, Note: "科目设有经济分类核算时填写编码", Example: "30201"},
	{Name: "project", Title: "项目", Aliases: []string{"项目名称"}, Note: "科目设有项目核算时填写"},
	{Name: "fund", Title: "资金性质", AsText: true, Note: "科目设有资金性质核算时填写编码"},
	{Name: "party", Title: "往来对象", Aliases: []string{"往来单位", "往来单位或个人"}, Note: "科目设有往来核算时填写"},
}

// unitColumn stands last, so that files with the columns of before are read as ever.
var unitColumn = sheet.Column{
	Name: "unit", Title: "用款单位", Aliases: []string{"支出单位", "用款单位编码"}, AsText: true,
	Note: "几个单位共用一套账时,填用款单位的编码;空白为账套单位", Example: "990001101-sl",
}

var bookColumn = sheet.Column{
	Name: "book", Title: "账套", Aliases: []string{"账套编码", "账套代码"}, AsText: true, Note: "账套编码", Example: "101",
}

var accountColumn = sheet.Column{
	Name: "account", Title: "科目编码", Aliases: []string{"科目代码", "会计科目编码", "会计科目编号"}, Required: true, AsText: true,
	Note: "末级科目的编码", Example: "100201",
}

func amountColumn(name, title string, aliases ...string) sheet.Column {
	return sheet.Column{Name: name, Title: title, Aliases: aliases, Required: true, Note: "单位:元,最多两位小数;红字填负数", Example: "1234.50"}
}

var voucherLayout = sheet.Layout{Name: string(Vouchers), Title: "凭证导入表", Columns: concat(
	[]sheet.Column{
		bookColumn,
		{Name: "date", Title: "日期", Aliases: []string{"凭证日期", "记账凭证日期", "制单日期"}, Required: true, Note: "凭证日期,须在未结账的月份", Example: "2026-10-23"},
		{Name: "word", Title: "凭证字", Aliases: []string{"凭证类别", "字"}, Note: "空白为「记」", Example: "记", Choices: []string{"记", "收", "付", "转"}},
		{Name: "number", Title: "凭证号", Aliases: []string{"凭证编号", "号"}, Note: "同一账套、月份、凭证字、号的各行为一张凭证,须接着已有的号连续编;" + ungrouped, Example: "12"},
		{Name: "attachments", Title: "附件数", Aliases: []string{"附件张数", "附单据数"}, Note: "原始凭证张数,填在凭证的首行即可", Example: "2"},
		{Name: "summary", Title: "摘要", Aliases: []string{"记账凭证摘要"}, Required: true, Note: "1 到 120 字", Example: "购办公用品"},
		accountColumn,
	},
	dimensionColumns,
	[]sheet.Column{
		amountColumn("debit", "借方金额", "借方", "借方发生额"),
		amountColumn("credit", "贷方金额", "贷方", "贷方发生额"),
		{Name: "kind", Title: "凭证类型", Note: "空白为普通;年终结转凭证填「结转」,只能连同记账一起导入", Choices: []string{ordinaryWord, closingWord}},
		{Name: "reverses", Title: "冲销凭证", AsText: true, Note: "本凭证冲销的凭证,只能连同记账一起导入", Example: "2026-10 记-0012"},
		{Name: "note", Title: "说明", Aliases: []string{"改动原因"}, Note: "预算会计分录与按财务会计分录生成的不同时写明原因,填在凭证的首行即可;冲销凭证写冲销原因"},
		unitColumn,
	},
)}

// setWhole tells what becomes of rows that a file of openings or budget lines does not name.
const setWhole = ";现有各行须都在表中,少了一行就不导入;确要以本表整体替换的,导入时选择整体替换"

var openingLayout = sheet.Layout{Name: string(Opening), Title: "期初余额导入表", Columns: concat(
	[]sheet.Column{noted(bookColumn, setWhole), accountColumn},
	dimensionColumns,
	[]sheet.Column{
		amountColumn("debit", "借方金额", "借方", "借方余额", "期初借方"),
		amountColumn("credit", "贷方金额", "贷方", "贷方余额", "期初贷方"),
		unitColumn,
	},
)}

var unitLayout = sheet.Layout{Name: string(Units), Title: "单位导入表", Columns: []sheet.Column{
	{Name: "code", Title: "单位编码", Aliases: []string{"编码", "单位代码"}, Required: true, AsText: true, Note: "乡镇 9 位、村 12 位区划代码,其他单位自定编码", Example: "990001101"},
	{Name: "name", Title: "名称", Aliases: []string{"单位名称"}, Required: true, Note: "单位全称", Example: "柳溪镇"},
	{Name: "parent", Title: "上级", Aliases: []string{"上级编码", "上级单位"}, AsText: true, Note: "上级单位的编码,空白为县本级;上级可以在本表其他行", Example: "990001"},
	{Name: "kind", Title: "类型", Aliases: []string{"单位类型", "单位类别"}, Required: true, Choices: unitKinds()},
	{Name: "from", Title: "启用日期", Aliases: []string{"设立日期"}, Note: "空白为上级的启用日期", Example: "2025-01-01"},
	{Name: "to", Title: "停用日期", Aliases: []string{"撤销日期"}, Note: "最后一天,在用的空白"},
}}

var personLayout = sheet.Layout{Name: string(Persons), Title: "人员导入表", Columns: []sheet.Column{
	{Name: "login", Title: "登录名", Aliases: []string{"账号"}, Note: "空白则只登记人员;新登录名得到一次性密码", Example: "zhoukj"},
	{Name: "name", Title: "姓名", Required: true, Note: "与身份证一致", Example: "周明"},
	{Name: "id_no", Title: "身份证号", Aliases: []string{"身份证号码", "证件号码"}, Required: true, AsText: true, Note: "18 位;同一号码为同一人"},
	{Name: "unit", Title: "单位", Aliases: []string{"单位编码"}, Required: true, AsText: true, Note: "单位编码", Example: "990001101"},
	{Name: "roles", Title: "角色", Note: "几个角色用分号隔开,如 会计;报账员;在所填单位及其下级有效,在其他单位有效的写明单位编码,如 会计@990001101201", Example: "会计"},
}}

var bookLayout = sheet.Layout{Name: string(Books), Title: "账套导入表", Columns: []sheet.Column{
	{Name: "book", Title: "账套", Aliases: []string{"账套编码", "账套代码"}, Required: true, AsText: true, Note: "账套编码,全县不重复", Example: "101"},
	{Name: "name", Title: "名称", Aliases: []string{"账套名称"}, Required: true, Example: "柳溪镇政府机关"},
	{Name: "unit", Title: "单位", Aliases: []string{"单位编码"}, Required: true, AsText: true, Note: "单位编码", Example: "990001101"},
	{Name: "chart", Title: "科目体系", Required: true, Choices: chartChoices()},
	{Name: "start", Title: "启用期间", Aliases: []string{"启用月份"}, Required: true, Example: "2026-01"},
	{Name: "regime", Title: "类型", Aliases: []string{"单位性质"}, Note: "政府会计账套分行政单位和事业单位,空白为行政单位",
		Choices: regimeChoices},
}}

var accountLayout = sheet.Layout{Name: string(Accounts), Title: "科目导入表", Columns: []sheet.Column{
	{Name: "code", Title: "科目编码", Aliases: []string{"科目代码"}, Required: true, AsText: true, Note: "明细科目以上级编码开头", Example: "10020201"},
	{Name: "name", Title: "名称", Aliases: []string{"科目名称"}, Required: true, Example: "工商银行基本户"},
	{Name: "parent", Title: "上级", Aliases: []string{"上级科目", "上级科目编码"}, AsText: true, Note: "上级科目编码;只有整套科目表的一级科目空白", Example: "100202"},
	{Name: "book", Title: "账套", Aliases: []string{"账套编码"}, AsText: true, Note: "空白为全县同一科目体系的账套共用"},
	{Name: "chart", Title: "科目体系", Note: "填了账套的可空白", Choices: chartChoices()},
	{Name: "dimensions", Title: "辅助核算", Note: "空白与上级相同;写法如 function!7=function,party!:! 为必填,数字为最短编码长度,= 后为取值的分类"},
	{Name: "from_year", Title: "启用年度", Note: "空白为账套启用的年度", Example: "2026"},
	{Name: "direction", Title: "余额方向", Note: "只在导入整套科目表时填写", Choices: []string{"借", "贷"}},
	{Name: "element", Title: "会计要素", Note: "只在导入整套科目表时填写", Choices: elements},
	{Name: "applies_to", Title: "适用", Note: "只在导入整套科目表时填写,空白为都适用", Choices: appliesTo},
	{Name: "half", Title: "所属", Note: "只在导入整套科目表时填写,空白为财务会计", Choices: []string{"财务会计", "预算会计"}},
}}

var budgetLayout = sheet.Layout{Name: string(Budget), Title: "预算数导入表", Columns: []sheet.Column{
	noted(bookColumn, setWhole),
	{Name: "account", Title: "科目编码", Aliases: []string{"科目代码"}, Required: true, AsText: true, Note: "总预算账的收入、支出科目", Example: "5001"},
	{Name: "function", Title: "分类编码", Aliases: []string{"功能分类", "收入分类"}, AsText: true, Note: "收入科目填收入分类,支出科目填功能分类", Example: "201"},
	{Name: "budget", Title: "预算数", Aliases: []string{"年初预算", "年初预算数"}, Required: true, Note: "单位:元", Example: "1250000"},
	{Name: "adjusted", Title: "调整预算数", Aliases: []string{"调整预算", "调整后预算"}, Note: "空白为未调整"},
	{Name: "year", Title: "年度", Aliases: []string{"预算年度"}, Note: "空白为导入时指明的年度,未指明为本年", Example: "2026"},
}}

func noted(c sheet.Column, more string) sheet.Column {
	c.Note += more
	return c
}

func concat(parts ...[]sheet.Column) []sheet.Column {
	var all []sheet.Column
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
