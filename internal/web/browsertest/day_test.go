package browsertest_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web/webtest"
)

// keying is how the vouchers of one book are keyed: whole, with accounts by code or by initials, or as a copy of the last
// one with another amount. %s is the amount.
type keying struct{ code, initials, copied string }

var (
	governmentKeys = keying{
		code:     "付办公用品款\r500102\r2010301\r30201\r\r%s\r..\r400101\r2010301\r\r=",
		initials: "付印刷费\rsphfwfy\r2010301\r30202\r\r%s\r..\rybggysczbk\r2010301\r\r=",
		copied:   "\r\r\r\r\r%s" + kb.ArrowDown + "=",
	}
	villageKeys = keying{
		code:     "收水面承包费\r102\r%s\r..\r50104\r=",
		initials: "收机动地承包费\ryhck\r%s\r..\rfbsr\r=",
		copied:   "\r\r%s" + kb.ArrowDown + "=",
	}
)

// day is one accountant's day: her keystrokes are counted.
type day struct {
	*browser
	strokes, vouchers int
	amounts           map[string][]money.Fen // by book, in the order of the numbers
}

// strike types and counts: a Chinese word counts by its characters, a key of its own as one.
func (d *day) strike(keys string) int {
	d.t.Helper()
	d.keys(keys)
	n := len([]rune(keys))
	d.strokes += n
	return n
}

// ready waits until a grid stands and takes keys.
func (d *day) ready(what, condition string) {
	d.t.Helper()
	d.until(what, `document.readyState === "complete" && document.querySelector("xz-grid.live") !== null && (`+condition+`)`)
}

// turn goes to the blank voucher of another book.
func (d *day) turn(code string) {
	d.t.Helper()
	before := d.strokes
	d.strike(kb.F2)
	d.do(chromedp.WaitVisible(chromedp.CSS(".drop-list .lights")))
	d.strike(code + "\r")
	d.ready("the form of "+code, fmt.Sprintf(`location.pathname === "/books/%d/vouchers/new"`, d.world.Books[code].ID))
	d.t.Logf("to %s: %d keystrokes", code, d.strokes-before)
}

// key enters the next voucher of a book from a blank form to the next blank form.
func (d *day) key(code string, how keying, amount money.Fen) {
	d.t.Helper()
	at, before := len(d.amounts[code]), d.strokes
	keys, way := how.copied, "copied"
	switch at % 5 {
	case 0:
		keys, way = how.code, "by code"
	case 1:
		keys, way = how.initials, "by initials"
	default:
		d.strike(kb.F6)
		d.ready("the copy", `location.search === "?copy=last" && document.querySelector('input[name="f.account"]').value !== ""`)
	}
	d.strike(fmt.Sprintf(keys, amount.Plain()))
	d.balanced(amount)
	if at == 3 {
		d.shoot("80-keyed-" + code)
	}
	d.strike(kb.F12)
	d.handedIn(at + 1)
	d.amounts[code] = append(d.amounts[code], amount)
	d.vouchers++
	d.t.Logf("%s 记-%04d %s: %d keystrokes", code, at+1, way, d.strokes-before)
}

// balanced waits until every half stands balanced at the amount.
func (d *day) balanced(amount money.Fen) {
	d.t.Helper()
	d.settled()
	d.until("the halves balance at "+amount.String(), fmt.Sprintf(`[...document.querySelectorAll("[data-diff]")].every((d) => d.textContent === "借贷平衡") &&
		[...document.querySelectorAll("[data-sum]")].every((s) => s.textContent === %q)`, amount.String()))
}

// handedIn waits for the next blank form, which says that the voucher is submitted.
func (d *day) handedIn(number int) {
	d.t.Helper()
	label := fmt.Sprintf("记-%04d", number)
	d.ready(label+" is submitted", fmt.Sprintf(`[...document.querySelectorAll(".note")].some((n) => n.textContent.includes("%s 已提交"))`, label))
}

// TestDay: an accountant enters 30 vouchers of three books by keyboard alone, the reviewer returns two and checks the
// rest by keyboard, the accountant mends and posts, and the trial balances show every fen once.
func TestDay(t *testing.T) {
	began := time.Now()
	d := &day{browser: open(t), amounts: map[string][]money.Fen{}}
	d.world.Write(t, func(tx *store.Tx) error {
		u, err := org.Create(tx, webtest.County, org.NewUnit{Code: "990001100-wh", Name: "柳溪镇文化服务中心", Kind: org.Station, Parent: d.world.Units["柳溪镇"].ID, From: "2020-01-01"})
		if err != nil {
			return err
		}
		d.world.Books["LX02"], err = ledger.CreateBook(tx, webtest.County, ledger.NewBook{Code: "LX02", Name: u.Name, Unit: u.ID, Chart: ledger.Government, Start: "2026-01"})
		return err
	})

	d.signIn("kuaiji")
	d.visit("/books/1/vouchers/new")
	d.loaded()
	for _, part := range []struct {
		code  string
		how   keying
		count int
	}{{"LX01", governmentKeys, 10}, {"LX-SQ", villageKeys, 12}, {"LX02", governmentKeys, 8}} {
		if part.code != "LX01" {
			d.turn(part.code)
		}
		for range part.count {
			d.key(part.code, part.how, 123405+money.Fen(d.vouchers)*10017)
		}
	}
	entered := time.Since(began)
	d.shoot("81-entered")
	t.Logf("%d vouchers: %d keystrokes, %d for each", d.vouchers, d.strokes, d.strokes/d.vouchers)

	returned := d.review()
	d.mend(returned)
	d.signIn("shenhe")
	d.visit("/review")
	d.loaded()
	d.must("h1", "2 张凭证在等")
	d.shoot("86-again")
	d.typed("a", "1 张凭证在等")
	d.typed("a", "0 张凭证在等")
	d.post()
	d.prove()
	t.Logf("entered in %s, the whole day in %s", entered.Round(time.Second/10), time.Since(began).Round(time.Second/10))
}

// review returns two of the vouchers that wait and checks the others, by keyboard; it gives the words of the returned.
func (d *day) review() []string {
	d.t.Helper()
	d.signIn("shenhe")
	d.visit("/review")
	d.loaded()
	d.must("h1", "30 张凭证在等")
	var returned []string
	for i, reason := range []string{"发票抬头不是本单位,请重开", "金额与合同第 3 条不符"} {
		for range i * 12 {
			d.keys(kb.ArrowDown)
		}
		row := js[string](d.browser, `(() => { const c = document.querySelector(".queue tr.here").cells; return c[2].textContent + " " + c[3].textContent; })()`)
		if hidden := js[float64](d.browser, `document.querySelector(".queue tr.here").getBoundingClientRect().bottom - document.querySelector(".acts-bar").getBoundingClientRect().top`); hidden > 0 {
			d.t.Errorf("%s lies %.0f pixels behind the bar", row, hidden)
		}
		d.keys("r")
		d.do(chromedp.WaitVisible(chromedp.CSS("dialog[open]")))
		d.must("dialog[open]", "退回 "+row)
		d.keys(reason)
		d.shoot(fmt.Sprintf("82-return-%d", i+1))
		d.typed("\r", fmt.Sprintf("%d 张凭证在等", 29-i))
		returned = append(returned, row, reason)
	}
	d.shoot("83-review")
	for left := 27; left >= 0; left-- {
		d.typed("a", fmt.Sprintf("%d 张凭证在等", left))
	}
	d.shoot("84-checked")
	return returned
}

// mend finds what came back on the first page, with its reason, and hands it in again with another amount.
func (d *day) mend(returned []string) {
	d.t.Helper()
	d.signIn("kuaiji")
	for _, words := range returned {
		d.must("main", words)
	}
	d.shoot("85-back")
	for i, amount := range []money.Fen{500001, 700009} {
		d.visit("/")
		d.press(`.todo a[href$="/edit"]`)
		d.ready("the returned voucher", `document.querySelector('input[name="f.account"]').value !== ""`)
		book, number, keys := js[int64](d.browser, `Number(document.querySelector("xz-grid").dataset.book)`), d.number(), governmentKeys.copied
		if book == d.world.Books["LX-SQ"].ID {
			keys = villageKeys.copied
		}
		d.shoot(fmt.Sprintf("85-mend-%d", i+1))
		d.keys(fmt.Sprintf(keys, amount.Plain()))
		d.balanced(amount)
		d.keys(kb.F12)
		d.handedIn(number)
		for code, b := range d.world.Books {
			if b.ID == book {
				d.amounts[code][number-1] = amount
			}
		}
	}
	d.visit("/")
	if strings.Contains(d.text(".todo"), "退回") {
		d.t.Error("what was mended is still to be mended")
	}
	d.shoot("85-mended")
}

// number is that of the voucher in the form.
func (d *day) number() int {
	d.t.Helper()
	text := d.text("[data-number]")
	n, err := strconv.Atoi(strings.TrimLeft(strings.TrimPrefix(text, "记-"), "0"))
	if err != nil {
		d.t.Fatalf("the form's number is %q", text)
	}
	return n
}

// post posts everything that was checked, in one batch.
func (d *day) post() {
	d.t.Helper()
	d.signIn("kuaiji")
	d.visit("/posting")
	d.loaded()
	d.do(chromedp.Click(chromedp.CSS(`input[data-all]`)))
	d.shoot("87-posting")
	d.press(`button[form="ticked"][value="post"]`)
	d.must("h1", "可以办理 30 项")
	d.shoot("88-post-preview")
	d.press(`#batch button.do`)
	d.until("all are posted", `document.querySelector(".progress").textContent.includes("已办 30 项")`)
	d.shoot("89-posted")
}

// prove compares the trial balances with what was keyed, and the rows of the books with its order.
func (d *day) prove() {
	d.t.Helper()
	for _, code := range []string{"LX01", "LX-SQ", "LX02"} {
		book, want := d.world.Books[code], money.Fen(0)
		for _, a := range d.amounts[code] {
			want += a
		}
		debits, credits := []string{"500102", "71010101"}, []string{"400101", "60010102"}
		if book.Chart == ledger.Village {
			debits, credits = []string{"102"}, []string{"50104"}
		}
		d.visit(fmt.Sprintf("/books/%d/statements/trial-balance?from=2026-10&to=2026-10", book.ID))
		d.must("main", "试算平衡 ✓")
		d.shoot("90-balance-" + code)
		for i, account := range slices.Concat(debits, credits) {
			amounts := js[[]string](d.browser, fmt.Sprintf(`[...document.querySelectorAll(".statement tbody tr")].filter((r) => r.textContent.trim().startsWith(%q)).flatMap((r) => [...r.querySelectorAll("td.num")].map((c) => c.textContent.trim()))`, account))
			debit, credit := want.String(), ""
			if i >= len(debits) {
				debit, credit = credit, debit
			}
			if len(amounts) != 6 || amounts[2] != debit || amounts[3] != credit {
				d.t.Errorf("%s %s: the trial balance shows %q, want debit %q and credit %q", code, account, amounts, debit, credit)
			}
		}
		if got := d.posted(book.ID); !slices.Equal(got, d.amounts[code]) {
			d.t.Errorf("%s: posted by number %v, want %v", code, got, d.amounts[code])
		}
		if n := d.drafts(); n != 0 {
			d.t.Errorf("%d drafts are left in the browser", n)
		}
		if n := d.browser.vouchers(book.ID); n != 0 {
			d.t.Errorf("%s: %d vouchers are not posted", code, n)
		}
	}
}

// posted gives the amounts of a book's vouchers, and fails where a number is left out.
func (d *day) posted(book int64) (amounts []money.Fen) {
	d.t.Helper()
	d.world.Write(d.t, func(tx *store.Tx) error {
		rows, err := tx.Query(`select number, amount from voucher where county_id = $1 and book_id = $2 order by number`, webtest.County, book)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var number int
			var amount money.Fen
			if err := rows.Scan(&number, &amount); err != nil {
				return err
			}
			if number != len(amounts)+1 {
				d.t.Errorf("book %d: after %d comes number %d", book, len(amounts), number)
			}
			amounts = append(amounts, amount)
		}
		return rows.Err()
	})
	return amounts
}
