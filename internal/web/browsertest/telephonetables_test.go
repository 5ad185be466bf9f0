package browsertest_test

import "testing"

// TestTelephone_Tables: on a telephone the checks of a month's end and how each book stands lie within the window, and of a
// trial balance the closing columns are in sight first, with a line that others are beside them.
func TestTelephone_Tables(t *testing.T) {
	b := open(t)
	b.telephone()
	b.signIn("suozhang")
	b.visit("/month-end?period=2026-09")
	b.loaded()
	b.shoot("telephone-month-end")
	if n := js[int](b, `document.querySelectorAll(".matrix td.nw").length`); n == 0 {
		t.Fatal("no book is listed")
	}
	if off := js[[]string](b, `[...document.querySelectorAll(".matrix td")].filter(cell => cell.getBoundingClientRect().right > innerWidth).map(cell => cell.textContent)`); len(off) > 0 {
		t.Errorf("off the window: %q", off)
	}
	if named := js[bool](b, `[...document.querySelectorAll(".matrix td.mid")].every(cell => cell.dataset.head)`); !named {
		t.Error("a check does not say which it is")
	}
	b.visit("/books/1/statements/trial-balance?from=2026-10&to=2026-10")
	b.loaded()
	b.shoot("telephone-trial-balance")
	if seen := js[bool](b, `(() => { const r = document.querySelector("th[data-first]").getBoundingClientRect(); return r.left >= 0 && Math.floor(r.right) <= innerWidth; })()`); !seen {
		t.Error("the closing columns are not in sight")
	}
	b.must("p.aside", "看其余各栏")
}
