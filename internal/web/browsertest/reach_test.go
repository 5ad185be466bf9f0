package browsertest_test

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
)

//go:embed testdata/axe/axe.min.js
var axe string

// finding is one rule that a page breaks, with the first part of the page that does.
type finding struct {
	ID, Impact, Help, Target string
	Count                    int
}

// findings asks axe-core whether the page keeps to WCAG 2.2 AA.
func (b *browser) findings() []finding {
	b.t.Helper()
	if loaded := ask(b, chromedp.Evaluate[bool](`typeof axe === "object"`)); !loaded {
		ask(b, chromedp.Evaluate[any](axe+"; 0"))
	}
	return ask(b, chromedp.Evaluate[[]finding](`new Promise(settled => requestAnimationFrame(() => setTimeout(settled))).then(() => axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
	})).then(r => r.violations.map(v => ({
		id: v.id, impact: v.impact, help: v.help, count: v.nodes.length, target: v.nodes[0].html.slice(0, 160),
	})))`, chromedp.EvalAwaitPromise))
}

// reachPages are the pages by who opens them.
func (b *browser) reachPages() map[string][]string {
	w := b.world
	posted := document.NewID()
	w.Post(b.t, "kuaiji", "shenhe", posted, "LX-SQ", "2026-10-08",
		ledger.Line{Account: "102", Summary: "收水面承包费", Debit: 3000000}, ledger.Line{Account: "50104", Summary: "收水面承包费", Credit: 3000000})
	return map[string][]string{
		"kuaiji": {
			"/", "/books", "/books/1", "/books/1/vouchers/new", "/books/2/vouchers/new", "/vouchers/" + posted, "/posting", "/statements",
			"/books/2/statements/trial-balance", "/books/2/statements/detail-ledger?account=102", "/books/2/statements/village-balance-sheet",
			"/books/1/accounts", "/books/1/close", "/books/1/year", "/exchange", "/standards", "/standards/village-2024", "/password",
		},
		"shenhe":   {"/", "/review"},
		"suozhang": {"/", "/people", "/people/1", "/units", "/units/2", "/units/2/statements/village-balance-sheet?chart=village"},
		w.Grant(b.t, identity.SysAdmin, "青岚县"):   {"/", "/units", "/people"},
		w.Grant(b.t, identity.SecAdmin, "青岚县"):   {"/rules", "/people/1"},
		w.Grant(b.t, identity.AuditAdmin, "青岚县"): {"/sign-ins"},
	}
}

// TestReach_WCAG asks axe-core about every page: WCAG 2.2 AA has no violation, on a screen and on a telephone.
func TestReach_WCAG(t *testing.T) {
	b := open(t)
	b.visit("/sign-in")
	b.hold("/sign-in")
	for login, paths := range b.reachPages() {
		b.signIn(login)
		for _, path := range paths {
			b.window(1366, 768)
			b.visit(path)
			b.hold(path)
			b.window(390, 844)
			b.hold(path + " on a telephone")
		}
	}
}

func (b *browser) hold(what string) {
	b.t.Helper()
	for _, f := range b.findings() {
		b.t.Errorf("%s: %s (%s, %d): %s: %s", what, f.ID, f.Impact, f.Count, f.Help, f.Target)
	}
}

// TestReach_LargeText sets the text to 200 %: nothing of the page may lie outside the window but what scrolls in its own
// frame, and nothing may be cut off.
func TestReach_LargeText(t *testing.T) {
	b := open(t)
	for login, paths := range b.reachPages() {
		b.signIn(login)
		b.do(command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 683, Height: 384, DeviceScaleFactor: 2}))
		for i, path := range paths {
			b.visit(path)
			if wide := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth`)); wide > 683 {
				t.Errorf("%s at 200 %%: the page is %d wide, the window 683", path, wide)
			}
			b.shoot(fmt.Sprintf("reach-%s-%02d", login, i))
		}
		b.window(1366, 768)
	}
}

// TestReach_KeyboardAlone walks through a page with Tab: every link, button and field is reached once, is seen where it
// is, and the walk comes back to the beginning.
func TestReach_KeyboardAlone(t *testing.T) {
	b := open(t)
	b.signIn("kuaiji")
	for _, path := range []string{"/", "/books", "/books/1/statements/trial-balance", "/books/1/close", "/books/1/vouchers/new"} {
		b.visit(path)
		want := ask(b, chromedp.Evaluate[int](`[...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
			.filter(e => !e.disabled && e.type !== "hidden" && e.tabIndex >= 0 && e.getClientRects().length > 0 && !e.closest("details:not([open]) > :not(summary)")).length`))
		reached := map[string]bool{}
		ask(b, chromedp.Evaluate[any](`(() => { let n = 0; for (const e of document.querySelectorAll("*")) e.setAttribute("data-walk", n++); document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex") })()`))
		for range want + 20 {
			b.keys("\t")
			at := ask(b, chromedp.Evaluate[string](`(() => {
				const e = document.activeElement;
				if (!e || e === document.body || e === document.documentElement) return "";
				const s = getComputedStyle(e), r = e.getBoundingClientRect();
				const seen = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
				return e.dataset.walk + (seen ? "" : " unseen " + e.outerHTML.slice(0, 120));
			})()`))
			if strings.Contains(at, "unseen") {
				t.Errorf("%s: the focus is not seen: %s", path, at)
			}
			if at == "" {
				continue // the browser's own bar
			}
			reached[strings.Fields(at)[0]] = true
		}
		if len(reached) < want {
			t.Errorf("%s: Tab reaches %d of %d", path, len(reached), want)
		}
	}
}
