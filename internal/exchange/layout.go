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
	},
)}

var openingLayout = sheet.Layout{Name: string(Opening), Title: "期初余额导入表", Columns: concat(
	[]sheet.Column{bookColumn, accountColumn},
	dimensionColumns,
	[]sheet.Column{
		amountColumn("debit", "借方金额", "借方", "借方余额", "期初借方"),
		amountColumn("credit", "贷方金额", "贷方", "贷方余额", "期初贷方"),
	},
)}

func concat(parts ...[]sheet.Column) []sheet.Column {
	var all []sheet.Column
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
