package web

import (
	"xiangzhang/internal/attachment"
	"xiangzhang/internal/exchange"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
)

// routes is every address of the program, with who may ask for it.
func routes(c Config) []route {
	readers, makers, checkers := only(ledger.Readers...), only(voucherMakers...), only(voucherCheckers...)
	all := []route{
		{pattern: "GET /healthz", title: "运行状态", right: public, show: showHealth},
		{pattern: "GET /metrics", title: "运行指标", right: public, show: showMetrics},
		{pattern: "GET /sign-in", title: "登录", right: public, show: showSignIn},
		{pattern: "POST /sign-in", title: "登录", right: public, do: signIn},
		{pattern: "POST /sign-out", title: "退出", right: signedIn, do: signOut, always: true},
		{pattern: "GET /password", title: "修改密码", right: signedIn, show: showPassword, always: true},
		{pattern: "POST /password", title: "修改密码", right: signedIn, do: changePassword, always: true},

		{pattern: "GET /{$}", title: "待办", right: signedIn, show: showHome},
		{pattern: "GET /books", title: "账套", right: readers, show: showBooks},
		{pattern: "GET /books/{book}", title: "凭证", right: readers, show: showBook},
		{pattern: "GET /books/{book}/vouchers/new", title: "录入凭证", right: makers, show: newVoucher},
		{pattern: "POST /books/{book}/vouchers", title: "录入凭证", right: makers, do: saveVoucher},
		{pattern: "GET /books/{book}/vouchers/{period}/{word}/{number}", title: "凭证", right: readers, show: showByNumber},

		{pattern: "GET /vouchers/{document}", title: "凭证", right: readers, show: showVoucher},
		{pattern: "GET /vouchers/{document}/edit", title: "修改凭证", right: makers, show: editVoucher},
		{pattern: "POST /vouchers/{document}/submit", title: "提交凭证", right: makers, do: submitVoucher},
		{pattern: "POST /vouchers/{document}/check", title: "审核凭证", right: checkers, do: checkVoucher},
		{pattern: "POST /vouchers/{document}/return", title: "退回凭证", right: checkers, do: returnVoucher},
		{pattern: "POST /vouchers/{document}/post", title: "记账", right: only(voucherPosters...), do: postVoucher},
		{pattern: "POST /vouchers/{document}/void", title: "作废凭证", right: makers, do: voidVoucher},
		{pattern: "POST /vouchers/{document}/reverse", title: "红字冲销", right: makers, do: reverseVoucher},
		{pattern: "GET /statements", title: "报表", right: readers, show: showStatements},
		{pattern: "GET /books/{book}/statements", title: "报表", right: readers, show: showBookStatements},
		{pattern: "GET /books/{book}/statements/{name}", title: "报表", right: readers, show: showBookStatement},
		{pattern: "GET /units/{unit}/statements/{name}", title: "合并报表", right: readers, show: showUnitStatement, reports: true},
		{pattern: "GET /units/{unit}/account", title: "科目按账套分列", right: readers, show: showUnitAccount, reports: true},
		{pattern: "GET /books/{book}/accounts", title: "科目", right: readers, show: showAccounts},
		{pattern: "POST /books/{book}/accounts", title: "增设明细科目", right: makers, do: addAccount},
		{pattern: "GET /books/{book}/journal", title: "导出账簿", right: readers, show: exportJournal},
		{pattern: "GET /books/{book}/audit", title: "导出审计数据", right: readers, show: exportAudit},
		{pattern: "POST /vouchers/{document}/attachments", title: "上传附件", right: only(attachment.Attachers...), do: attach, large: true},
		{pattern: "GET /vouchers/{document}/attachments/{sha}", title: "附件", right: readers, show: showAttachment},
		{pattern: "GET /review", title: "审核", right: checkers, show: showReview},
		{pattern: "GET /posting", title: "记账", right: only(voucherPosters...), show: showPosting},

		{pattern: "GET /books/{book}/close", title: "月末结账", right: readers, show: showClose},
		{pattern: "POST /books/{book}/close", title: "月末结账", right: only(monthClosers...), do: closeMonth},
		{pattern: "GET /books/{book}/year", title: "年终", right: readers, show: showYear},
		{pattern: "POST /books/{book}/carry-over", title: "年终结转", right: makers, do: carryOver},
		{pattern: "POST /books/{book}/year-close", title: "结转下年", right: only(monthClosers...), do: closeYear},

		{pattern: "GET /units", title: "单位", right: signedIn, show: showUnits},
		{pattern: "GET /units/{unit}", title: "单位", right: signedIn, show: showUnit},
		{pattern: "POST /units/{unit}/units", title: "新设单位", right: only(identity.SysAdmin), do: createUnit},
		{pattern: "POST /units/{unit}/close", title: "撤销单位", right: only(identity.SysAdmin), do: closeUnit},
		{pattern: "GET /people", title: "人员", right: only(identity.PersonReaders...), show: showPeople},
		{pattern: "POST /people", title: "登记人员", right: only(identity.SysAdmin), do: createPerson},
		{pattern: "GET /people/{person}", title: "人员", right: only(identity.PersonReaders...), show: showPerson},
		{pattern: "POST /people/{person}/reveal", title: "查看完整身份证号", right: only(identity.Revealers...), do: revealPerson},
		{pattern: "POST /people/{person}/number", title: "登记身份证号", right: only(identity.SysAdmin), do: registerNumber},
		{pattern: "POST /people/{person}/logins", title: "新设登录名", right: only(identity.SysAdmin), do: createLogin},
		{pattern: "POST /logins/{login}/reset", title: "重置密码", right: only(identity.SysAdmin), do: resetLogin},
		{pattern: "POST /logins/{login}/disable", title: "停用登录名", right: only(identity.SysAdmin), do: disableLogin},
		{pattern: "POST /logins/{login}/enable", title: "启用登录名", right: only(identity.SysAdmin), do: enableLogin},
		{pattern: "POST /logins/{login}/grant", title: "授予角色", right: only(identity.SecAdmin), do: grantRole},
		{pattern: "POST /logins/{login}/revoke", title: "收回角色", right: only(identity.SecAdmin), do: revokeRole},
		{pattern: "GET /sign-ins", title: "登录记录", right: only(identity.AuditAdmin), show: showSignIns},

		{pattern: "GET /standards", title: "官方科目", right: signedIn, show: showStandards},
		{pattern: "GET /standards/{edition}", title: "官方科目", right: signedIn, show: showStandard},
		{pattern: "GET /rules", title: "参数", right: signedIn, show: showRules},
		{pattern: "POST /rules", title: "设定参数", right: only(identity.SecAdmin), do: setRule},
		{pattern: "GET /exchange", title: "导入导出", right: only(exchangers...), show: showExchange},
		{pattern: "POST /exchange", title: "导入", right: only(exchange.FileKind.Step("import").Roles...), do: importFile, large: true},
		{pattern: "GET /exchange/{kind}", title: "导出", right: only(exchangers...), show: exportTable},
		{pattern: "GET /exchange/{kind}/template", title: "导入模板", right: only(exchangers...), show: exportTemplate},
	}
	for _, step := range []string{"ask-reopen", "approve-reopen", "confirm-reopen", "refuse-reopen"} {
		s := ledger.CloseKind.Step(step)
		all = append(all, route{pattern: "POST /closings/{document}/" + step, title: s.Title, right: only(s.Roles...), do: reopenMonth(step)})
	}
	if c.Demo {
		all = append(all, route{pattern: "POST /demo/sign-in", title: "演示登录", right: public, do: demoSignIn})
	}
	return all
}
