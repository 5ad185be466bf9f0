package browsertest_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
)

func id(n int64) string { return strconv.FormatInt(n, 10) }

// revoke ends the only role that a person holds.
func (b *browser) revoke(login, reason string) {
	b.t.Helper()
	b.signIn("sec")
	b.visit("/people")
	b.do(chromedp.SendKeys(`//main//input[@name="q"]`, login))
	b.press(`main form[action="/people"] button`)
	b.press(`main tbody a`)
	b.do(chromedp.SendKeys(chromedp.CSS(`form[action$="/revoke"] input[name="reason"]`), reason))
	b.press(`form[action$="/revoke"] button`)
}

// TestMerge_OfTwoVillages: a township merges two villages in mid-year; what stands in the way is listed and mended, the
// books go over, and the balances are handed over by two vouchers.
func TestMerge_OfTwoVillages(t *testing.T) {
	b := open(t)
	b.world.Village(t, "南湾村", "990001100202", "柳溪镇", "LX-NW")
	for _, book := range []string{"LX-NW", "LX-SQ"} {
		b.world.Post(t, "kuaiji", "shenhe", document.NewID(), book, "2026-03-05",
			ledger.Line{Account: "102", Summary: "收承包费", Debit: 100 * 1000}, ledger.Line{Account: "50104", Summary: "收承包费", Credit: 100 * 1000})
	}
	clerk := b.world.Grant(t, identity.VillageClerk, "南湾村")
	b.signIn("sys")
	b.visit("/units/" + id(b.world.Units["石桥村"].ID))
	b.press(`a[href$="/change"]`)
	b.press(`a[href$="kind=merge"]`)
	b.do(
		chromedp.Click(chromedp.CSS(`input[name="with"]`)), chromedp.SendKeys(chromedp.CSS(`input[name="name"]`), "石湾村"),
		chromedp.SendKeys(chromedp.CSS(`input[name="no"]`), "青政〔2026〕12号"), chromedp.SendKeys(chromedp.CSS(`input[name="reason"]`), "村民会议同意合并"),
		chromedp.SetValue(chromedp.CSS(`input[name="on"]`), "2026-07-01"),
	)
	b.shoot("merge-01-form")
	b.press(`button[value="preview"]`)
	b.must("main", "还没有全部结账")
	b.must("main", "还担任")
	b.shoot("merge-02-obstacles")
	b.world.Close(t, "kuaiji", "LX-NW", "2026-06")
	b.revoke(clerk, "村合并")
	b.signIn("sys")
	b.visit("/units/" + id(b.world.Units["石桥村"].ID) + "/change?kind=merge")
	b.do(
		chromedp.Click(chromedp.CSS(`input[name="with"]`)), chromedp.SendKeys(chromedp.CSS(`input[name="name"]`), "石湾村"),
		chromedp.SendKeys(chromedp.CSS(`input[name="no"]`), "青政〔2026〕12号"), chromedp.SendKeys(chromedp.CSS(`input[name="reason"]`), "村民会议同意合并"),
		chromedp.SetValue(chromedp.CSS(`input[name="on"]`), "2026-07-01"),
	)
	b.press(`button[value="preview"]`)
	b.must("main", "没有未办结的事项")
	b.do(chromedp.SetValue(chromedp.CSS(`select[name^="do-"]`), "end"))
	b.press(`button[value="preview"]`)
	b.shoot("merge-03-ready")
	b.press(`button[value="go"]`)
	b.must("main", "南湾村 并入 石湾村(原石桥村)")
	b.must("main", "余额待移交")
	b.shoot("merge-04-record")

	b.signIn("kuaiji")
	b.visit("/")
	b.must("main", "余额待移交")
	b.press(`main a[href*="/changes/"]`)
	b.must("main", "1,000.00")
	b.press(`form[action$="/hand"] button`)
	b.must("main", "余额移交至石桥村股份经济合作社")
	b.shoot("merge-05-voucher")
	b.visit("/units/" + id(b.world.Units["南湾村"].ID))
	b.must("main", "曾属本单位的账套")
	b.shoot("merge-06-ended")
	b.visit("/units/" + id(b.world.Units["石桥村"].ID))
	b.must("main", "石湾村")
	b.must("main", "变更记录")
	b.shoot("merge-07-successor")
	for to, name := range map[string]string{"2026-06": "石桥村 · 村集体账 · 1 套账", "2026-07": "石湾村 · 村集体账 · 2 套账"} {
		b.visit("/units/" + id(b.world.Units["石桥村"].ID) + "/statements/trial-balance?chart=village&from=2026-01&to=" + to)
		if !strings.Contains(b.text("main"), strings.Split(name, " ")[0]) {
			t.Errorf("the statement to %s does not name %s", to, name)
		}
	}
}
