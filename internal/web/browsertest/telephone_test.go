package browsertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// tap touches the middle of what a selector names.
func (b *browser) tap(sel string) {
	b.t.Helper()
	b.do(chromedp.ScrollIntoView(chromedp.CSS(sel)))
	at := js[[]float64](b, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q), r = e.getBoundingClientRect(), x = r.left + r.width / 2, y = r.top + r.height / 2;
		const top = document.elementFromPoint(x, y);
		return top && (e.contains(top) || top.contains(e)) && r.height >= 24 ? [x, y] : [r.height, x, y];
	})()`, sel))
	if len(at) != 2 {
		b.shoot("failed")
		b.t.Fatalf("%s cannot be touched: height, x and y are %v", sel, at)
	}
	b.do(
		command(input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: "touchStart", TouchPoints: []*input.TouchPoint{{X: at[0], Y: at[1]}}}),
		command(input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: "touchEnd", TouchPoints: []*input.TouchPoint{}}),
	)
}

// field touches a field of the grid and keys another text into it.
func (b *browser) field(name string, row int, text string) {
	b.t.Helper()
	b.tap(fmt.Sprintf(`xz-grid tbody tr:nth-child(%d) input[name="%s"]`, row, name))
	b.keys(kb.End + strings.Repeat(kb.Backspace, 20) + text)
}

// TestTelephone_Voucher: on a telephone in the hand, by touch: an accountant opens a voucher that came back, reads it,
// mends one line and hands it in again; the checker sends one back with a reason and approves the other.
func TestTelephone_Voucher(t *testing.T) {
	b := open(t)
	checker := b.world.Actor(t, "shenhe")
	mended, other := b.handIn("LX-SQ", "2400"), b.handIn("LX-SQ", "860")
	b.world.Write(t, func(tx *store.Tx) error {
		_, err := ledger.Return(tx, checker, mended, 2, "合同金额是 2,600 元")
		return err
	})
	b.telephone()
	b.signIn("kuaiji")
	b.must("main", "合同金额是 2,600 元")
	b.tap(`main a[href$="` + mended + `/edit"]`)
	b.arrive(mended + "/edit")
	b.loaded()
	b.shoot("telephone-01-edit")
	for _, name := range []string{"f.summary", "f.account", "f.debit", "f.credit"} {
		if seen := js[bool](b, fmt.Sprintf(`(() => { const r = document.querySelector('input[name="%s"]').getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth && r.width > 80; })()`, name)); !seen {
			t.Errorf("%s does not lie within the window", name)
		}
	}
	b.field("f.debit", 1, "2600")
	b.field("f.credit", 2, "2600")
	b.until("the voucher balances", `document.querySelector("[data-diff]").textContent === "借贷平衡"`)
	b.shoot("telephone-02-mended")
	b.tap(`button[value="submit"]`)
	b.submitted()
	b.must(".voucher", "2,600.00")
	b.shoot("telephone-03-submitted")

	b.signIn("shenhe")
	b.visit("/review")
	b.loaded()
	if high := js[float64](b, `document.querySelector(".acts-bar").getBoundingClientRect().height`); high > 60 {
		t.Errorf("the bar of steps is %.0f high", high)
	}
	b.shoot("telephone-04-review")
	b.tap(`tr[data-document="` + other + `"] td:last-child a`)
	b.arrive(other)
	b.tap(`form[action$="/return"] input[name="reason"]`)
	b.keys("缺合同附件")
	b.shoot("telephone-05-return")
	b.tap(`form[action$="/return"] button`)
	b.arrive(mended) // the next that waits
	b.must(".voucher", "2,600.00")
	b.shoot("telephone-06-check")
	b.ponder()
	b.tap(`form[action$="/check"] button`)
	b.arrive("/review")
	b.must("main", "没有在等的凭证")
	b.shoot("telephone-07-done")
	b.visit("/vouchers/" + other)
	b.must("main", "缺合同附件")
	b.visit("/vouchers/" + mended)
	b.must("main", "待记账")
}
