package browsertest_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestHandover: the head of the office starts it, the leaver can begin nothing new, each of the three signs, the record
// prints, and the leaver's login is out of use.
func TestHandover(t *testing.T) {
	b := writing(t)
	b.press(`button[value="submit"]`)
	b.visit("/delegations")
	b.do(
		chromedp.SendKeys(chromedp.CSS(`input[name="to"]`), "baozhang"), chromedp.SendKeys(chromedp.CSS(`main input[name="reason"]`), "出差"),
	)
	b.press(`form[action="/delegations"] button`)
	b.must("main", "鲍报账 代 韩会计")
	b.shoot("handover-01-delegation")

	b.signIn("suozhang")
	b.visit("/handovers")
	b.do(chromedp.Click(chromedp.CSS("main details summary")))
	b.do(
		chromedp.SendKeys(chromedp.CSS(`input[name="leaver"]`), "kuaiji"), chromedp.SendKeys(chromedp.CSS(`input[name="successor"]`), "jiangang"),
		chromedp.SendKeys(chromedp.CSS(`input[name="cause"]`), "调往县财政局"), chromedp.SendKeys(chromedp.CSS(`textarea[name="things"]`), "财务专用章 1 枚\n空白转账支票 12 张(0031 至 0042)\n保险柜钥匙 2 把"),
	)
	b.shoot("handover-02-start")
	b.press(`form[action="/handovers"] button`)
	b.must("main", "工作交接书")
	b.must("main", "待移交人签字")
	record := ask(b, chromedp.Evaluate[string](`location.pathname`))

	b.signIn("kuaiji")
	b.visit("/books/1/vouchers/new")
	b.must("main", "您正在办理工作交接,不能新办业务")
	b.shoot("handover-03-frozen")
	for i, s := range []struct{ login, step, says string }{
		{"kuaiji", "sign-leaver", "待接交人签字"}, {"jiangang", "sign-successor", "待监交人签字"}, {"suozhang", "witness", "已交接"},
	} {
		b.signIn(s.login)
		b.visit("/")
		b.must("main", "由您签字")
		b.press(`main a[href="` + record + `"]`)
		if i == 0 {
			b.must("main", "待审核")
			b.shoot("handover-04-leaver")
		}
		b.press(`form[action$="/` + s.step + `"] button`)
		b.must("main", s.says)
	}
	b.shoot("handover-05-record")
	b.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}))
	b.shoot("handover-06-print")
	if strings.Contains(b.text("main"), "办理记录") {
		t.Error("the printed record shows what is for the screen")
	}
	b.do(command(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}))
	b.signIn("kuaiji")
	b.must("main", "登录名「kuaiji」已停用")
	b.shoot("handover-07-left")
}

// TestAdministration_Looks takes pictures of the pages of administration.
func TestAdministration_Looks(t *testing.T) {
	b := open(t)
	b.signIn("sec")
	for _, page := range []struct{ name, path, says string }{
		{"admin-01-person", "/people/1", "角色"}, {"admin-02-rights", "/people/1/rights", "相互排斥"},
		{"admin-03-preview", "/people/1/rights?login=1&role=reviewer&unit=990001200", "若授予"},
		{"admin-04-rules", "/rules", "办理期限"}, {"admin-05-rule", "/rules/session-idle-minutes", "由谁设定"},
		{"admin-06-compare", "/standards/compare", "新旧版本对照"}, {"admin-07-three", "/administrators", "三员分立"}, {"admin-08-me", "/me", "最近登录"},
	} {
		b.visit(page.path)
		b.must("main", page.says)
		b.shoot(page.name)
	}
	b.signIn("aud")
	b.visit("/sign-ins")
	b.must("main", "登录名")
	b.shoot("admin-09-sign-ins")
	b.signIn("suozhang")
	b.telephone()
	b.visit("/me")
	b.shoot("admin-10-phone")
	if wide := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); wide > 390 {
		t.Errorf("on a telephone the page is %d wide", wide)
	}
}
