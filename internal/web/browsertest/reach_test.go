package browsertest_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/web"
	"xiangzhang/internal/web/webtest"
)

// TestReach looks at every page of the program (webtest.Sights; a test of web finds pages that are not among them) as
// somebody who sees badly, who has no mouse, and who has only a telephone. Each is drawn once and asked in turn:
//
//   - axe-core finds nothing against WCAG 2.2 AA on a screen or on a telephone;
//   - Tab comes to every link, button and field on a screen and on a telephone, and each is seen when it has the focus;
//   - with text at 200 %, and on a telephone, nothing lies outside the window but what scrolls in its own frame.
func TestReach(t *testing.T) {
	b := open(t)
	b.axe()
	b.signOut()
	in := ""
	for _, sight := range b.world.Sights(t) {
		if sight.Login != in {
			b.signIn(sight.Login)
			in = sight.Login
		}
		b.reach(sight)
	}
}

// TestReach_WithoutACounty asks the same of the pages that there are before the first county is made.
func TestReach_WithoutACounty(t *testing.T) {
	keys, err := identity.LoadKeys(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := browse(t, web.Config{DB: storetest.One(t), Keys: keys, StartCode: webtest.StartCode})
	b.axe()
	for _, sight := range webtest.FirstSights() {
		b.reach(sight)
	}
}

func (b *browser) reach(sight webtest.Sight) {
	b.t.Helper()
	b.window(1366, 768)
	b.look(sight)
	b.shoot("reach-" + sight.Name)
	b.hold(sight.Name)
	b.within(sight.Name, 1366)
	b.walk(sight.Name)
	b.do(command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 683, Height: 384, DeviceScaleFactor: 2}))
	b.within(sight.Name+" at 200 %", 683)
	b.telephone()
	js[any](b, `document.activeElement.blur(), scrollTo(0, 0), document.querySelectorAll(".sheet").forEach(e => e.scrollLeft = 0), dispatchEvent(new Event("resize"))`)
	b.shoot("reach-" + sight.Name + "-phone")
	b.hold(sight.Name + " on a telephone")
	b.within(sight.Name+" on a telephone", 390)
	b.walk(sight.Name + " on a telephone")
}

// look opens a sight, or sends the form that draws it.
func (b *browser) look(sight webtest.Sight) {
	b.t.Helper()
	if sight.Form == nil {
		b.visit(sight.Path)
		return
	}
	fields, err := json.Marshal(sight)
	if err != nil {
		b.t.Fatal(err)
	}
	b.sent(`(sight => {
		const form = Object.assign(document.createElement("form"), { method: "post", action: sight.Path, hidden: true });
		const add = (name, value) => form.append(Object.assign(document.createElement("input"), { name, value }));
		const token = document.querySelector('input[name="csrf"]');
		if (token) add("csrf", token.value);
		for (const [name, values] of Object.entries(sight.Form)) for (const value of values) add(name, value);
		if (sight.File) {
			const data = new DataTransfer();
			data.items.add(new File([sight.File], "文件.csv"));
			form.enctype = "multipart/form-data";
			const file = Object.assign(document.createElement("input"), { type: "file", name: "file" });
			file.files = data.files;
			form.append(file);
		}
		document.body.append(form);
		form.submit();
	})(` + string(fields) + `)`)
}

// within says which part of the page reaches out of a window of that width.
func (b *browser) within(what string, width int) {
	b.t.Helper()
	if out := js[string](b, `(() => {
		const room = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= room) return "";
		const held = e => { for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) if (getComputedStyle(p).overflowX !== "visible") return true; };
		const far = [...document.body.querySelectorAll("*")].find(e => e.getBoundingClientRect().right > room + 0.5 && !held(e));
		return document.documentElement.scrollWidth + ": " + (far ? far.outerHTML.slice(0, 160) : "?");
	})()`); out != "" {
		b.t.Errorf("%s: the window is %d wide, the page %s", what, width, out)
	}
}

// walk presses Tab until it has been everywhere. What cannot be reached, or is not seen when it is, is an error.
func (b *browser) walk(what string) {
	b.t.Helper()
	left := js[int](b, `(() => {
		const wanted = e => !e.disabled && e.type !== "hidden" && e.tabIndex >= 0 && e.getClientRects().length > 0 &&
			getComputedStyle(e).visibility === "visible" && !e.closest("details:not([open]) > :not(summary)") &&
			!(e.type === "radio" && !e.checked && [...document.querySelectorAll('input[type="radio"]')].some(r => r.name === e.name && r.form === e.form && (r.checked || r.compareDocumentPosition(e) & 4)));
		window.left = new Set([...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(wanted));
		window.unseen = [];
		if (window.walking) removeEventListener("focusin", window.walking);
		window.walking = ({ target }) => {
			if (!window.left.delete(target)) return;
			const s = getComputedStyle(target), r = target.getBoundingClientRect();
			const marked = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== "none";
			const points = [[r.left + r.width / 2, r.top + r.height / 2], [r.left + 2, r.top + 2], [r.right - 2, r.bottom - 2]];
			const clear = points.some(([x, y]) => { const e = document.elementFromPoint(x, y); return e && (target.contains(e) || e.contains(target)); });
			if (!marked) window.unseen.push("is not marked: " + target.outerHTML.slice(0, 140));
			else if (!clear) window.unseen.push("is covered: " + target.outerHTML.slice(0, 140));
		};
		addEventListener("focusin", window.walking);
		scrollTo(0, 0);
		document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex");
		return window.left.size;
	})()`)
	for range left/20 + 4 { // a date is three places, a frame that scrolls is one
		b.do(chromedp.Func(tabs))
		if left = js[int](b, `window.left.size`); left == 0 {
			break
		}
	}
	for _, said := range js[[]string](b, `[...window.unseen, ...[...window.left].map(e => "is not reached by Tab: " + e.outerHTML.slice(0, 140))]`) {
		b.t.Errorf("%s: %s", what, said)
	}
}

// tabs presses Tab twenty times; one does not wait for another.
func tabs(ctx context.Context, t *chromedp.Target) error {
	pressed := make(chan error)
	for range 20 {
		go func() {
			_, err := cdp.Call(ctx, t, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Tab", Code: "Tab", WindowsVirtualKeyCode: 9})
			pressed <- err
		}()
	}
	var all error
	for range 20 {
		all = errors.Join(all, <-pressed)
	}
	return all
}

//go:embed testdata/axe/axe.min.js
var axe string

// axe gives axe-core to every page that the browser opens from now on.
func (b *browser) axe() {
	b.t.Helper()
	b.do(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: axe}))
}

// finding is one rule that a page breaks, with the first part of the page that does.
type finding struct {
	ID, Impact, Help, Target string
	Count                    int
}

// findings asks axe-core whether the page keeps to WCAG 2.2 AA.
func (b *browser) findings() []finding {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[[]finding](`new Promise(settled => requestAnimationFrame(() => setTimeout(settled))).then(() => axe.run(document, {
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], resultTypes: ["violations"],
	})).then(r => r.violations.map(v => ({
		id: v.id, impact: v.impact, help: v.help, count: v.nodes.length, target: v.nodes[0].html.slice(0, 160),
	})))`, chromedp.EvalAwaitPromise))
}

func (b *browser) hold(what string) {
	b.t.Helper()
	for _, f := range b.findings() {
		b.t.Errorf("%s: %s (%s, %d): %s: %s", what, f.ID, f.Impact, f.Count, f.Help, strings.Join(strings.Fields(f.Target), " "))
	}
}
