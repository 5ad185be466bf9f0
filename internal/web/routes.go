package web

import (
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
		{pattern: "GET /units/{unit}/statements/{name}", title: "合并报表", right: readers, show: showUnitStatement},
		{pattern: "GET /units/{unit}/account", title: "科目按账套分列", right: readers, show: showUnitAccount},
		{pattern: "GET /review", title: "审核", right: checkers, show: showReview},
		{pattern: "GET /posting", title: "记账", right: only(voucherPosters...), show: showPosting},
	}
	if c.Demo {
		all = append(all, route{pattern: "POST /demo/sign-in", title: "演示登录", right: public, do: demoSignIn})
	}
	return all
}
