package web

import (
	"fmt"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/attachment"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/paper"
	"xiangzhang/internal/statement"
	"xiangzhang/internal/store"
)

// printRoutes are what is printed: who may read a book may print it.
func printRoutes() []route {
	return []route{
		{pattern: "GET /books/{book}/print", title: "打印", right: only(ledger.Readers...), show: showPrint},
		{pattern: "POST /books/{book}/print", title: "打印", right: only(ledger.Readers...), do: keepPrint},
		{pattern: "GET /books/{book}/print/vouchers", title: "打印凭证", right: only(ledger.Readers...), show: printVouchers},
		{pattern: "GET /books/{book}/print/ledgers", title: "打印账簿", right: only(ledger.Readers...), show: printLedgers},
		{pattern: "GET /vouchers/{document}/print", title: "打印凭证", right: only(ledger.Readers...), show: printVoucher},
	}
}

// printPage asks what of a book is printed, and how.
type printPage struct {
	Base
	Book       ledger.Book
	Months     []choice
	Words      []choice
	First      string
	Last       string
	Unposted   bool
	Through    []choice
	Ledgers    []choice
	Statements []choice
	From, To   []choice
	Forms      []choice
	Negatives  []choice
	Turns      []choice
	Sizes      []choice
	Rows       string
	RightBy    string
	DownBy     string
	Copies     string
	Boxes      bool
	Times      bool
}

func showPrint(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	s, err := paper.SetupOf(tx, c.actor.County, c.actor.Person)
	if err != nil {
		return answer{}, err
	}
	q := c.r.URL.Query()
	if q.Get("period") == "" {
		q.Set("period", string(b.Today.Period()))
	}
	for name, values := range setupForm(s) {
		q[name] = values
	}
	if !q.Has("ledger") {
		q["ledger"] = statement.Bindable
	}
	p := c.printPage(b, q)
	if q.Get("kept") != "" {
		p.Done = "打印设置已保存,以后在任何账套打印都按此设置"
	}
	return show("print/show", p)
}

// setupForm gives a setup as its form sends it.
func setupForm(s paper.Setup) url.Values {
	v := url.Values{
		"form": {string(s.Form)}, "negative": {string(s.Negative)}, "turn": {string(s.Turn)}, "size": {strconv.Itoa(s.Size)},
		"copies": {strconv.Itoa(s.Copies)}, "rows": {strconv.Itoa(s.Rows)}, "right": {tenths(s.RightBy)}, "down": {tenths(s.DownBy)},
	}
	if s.Boxes {
		v.Set("boxes", "on")
	}
	if s.Times {
		v.Set("times", "on")
	}
	return v
}

// tenths writes tenths of a millimetre as millimetres.
func tenths(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return fmt.Sprintf("%s%d.%d", sign, n/10, n%10)
}

// millimetres reads what tenths writes, as people type it.
func millimetres(text string) (tenths int, ok bool) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, part, _ := strings.Cut(digits, ".")
	if part == "" {
		part = "0"
	}
	n, err := strconv.Atoi(whole + part)
	if err != nil || len(part) != 1 || len(whole) > 4 || n < 0 {
		return 0, false
	}
	if negative {
		n = -n
	}
	return n, true
}

// typedSetup reads what setupForm wrote, as a person changed it.
func (c *call) typedSetup() (paper.Setup, error) {
	s := paper.Setup{
		Form: paper.Form(c.form("form")), Negative: paper.Negative(c.form("negative")), Turn: paper.Turn(c.form("turn")),
		Boxes: c.form("boxes") != "", Times: c.form("times") != "",
		Size: int(c.number("size")), Copies: int(c.number("copies")), Rows: int(c.number("rows")),
	}
	for _, move := range []struct {
		name string
		to   *int
	}{{"right", &s.RightBy}, {"down", &s.DownBy}} {
		n, ok := millimetres(c.form(move.name))
		if !ok {
			return s, fault.Newf(fault.Invalid, "print-move-text", "请填毫米数,最多一位小数,如 1.5 或 -2", "套打偏移「%s」不是毫米数", c.form(move.name)).In(move.name)
		}
		*move.to = n
	}
	return s, s.Check()
}

// printPage draws the form with what is chosen in it.
func (c *call) printPage(b ledger.Book, q url.Values) *printPage {
	p := &printPage{
		Book: b, First: q.Get("first"), Last: q.Get("last"), Unposted: q.Get("unposted") != "", Copies: q.Get("copies"), Rows: q.Get("rows"),
		RightBy: q.Get("right"), DownBy: q.Get("down"), Boxes: q.Get("boxes") != "", Times: q.Get("times") != "",
	}
	p.Title, p.Tabs, p.Styles = b.Name+" 打印", c.tabs(b, "/print"), []string{"print.css"}
	period, _ := calendar.ParsePeriod(q.Get("period")) // none: the first of the list
	p.Months = months(b.Start, b.Today.Period(), period)
	to := b.Today.Period()
	from := max(calendar.PeriodOf(to.Year(), 1), b.Start)
	if f, err := calendar.ParsePeriod(q.Get("from")); err == nil {
		from = f
	}
	if t, err := calendar.ParsePeriod(q.Get("to")); err == nil {
		to = t
	}
	p.From, p.To = months(b.Start, b.Today.Period(), from), months(b.Start, b.Today.Period(), to)
	through := b.Today.Period()
	if t, err := calendar.ParsePeriod(q.Get("through")); err == nil {
		through = t
	}
	p.Through = months(b.Start, b.Today.Period(), through)
	p.Words = voucherWords(q["word"])
	for _, d := range statement.Declarations() {
		if !slices.Contains(d.Charts, b.Chart) {
			continue
		}
		if slices.Contains(statement.Bindable, d.Name) {
			p.Ledgers = append(p.Ledgers, choice{Value: d.Name, Title: d.Title, On: slices.Contains(q["ledger"], d.Name)})
		}
		p.Statements = append(p.Statements, choice{Value: d.Name, Title: d.Title, On: q.Get("name") == d.Name})
	}
	p.Forms = choices(q["form"], printForms)
	p.Negatives = choices(q["negative"], [][2]string{
		{string(paper.RedAndMinus), "红字加负号"}, {string(paper.RedOnly), "红字"}, {string(paper.MinusOnly), "负号(单色打印机)"},
	})
	p.Turns = choices(q["turn"], [][2]string{{string(paper.Auto), "按栏目宽度"}, {string(paper.Upright), "纵向"}, {string(paper.Across), "横向"}})
	p.Sizes = choices(q["size"], [][2]string{{"8", "小(8 磅)"}, {"9", "中(9 磅)"}, {"10", "大(10 磅)"}})
	return p
}

var printForms = [][2]string{
	{string(paper.FormA5), "A5 横放,每页一张"}, {string(paper.FormRoll), "240×140 毫米,每页一张"},
	{string(paper.FormOverlay), "240×140 毫米套打(已印格线的凭证纸)"}, {string(paper.FormTwo), "A4 每页两张"}, {string(paper.FormThree), "A4 每页三张"},
}

// voucherWords offers every word, and each.
func voucherWords(on []string) []choice {
	return choices(on, [][2]string{{"", "全部"}, {"记", "记"}, {"收", "收"}, {"付", "付"}, {"转", "转"}})
}

func choices(on []string, all [][2]string) []choice {
	var out []choice
	for _, one := range all {
		out = append(out, choice{Value: one[0], Title: one[1], On: slices.Contains(on, one[0])})
	}
	return out
}

// keepPrint keeps how the person prints, and goes on to what is to be printed.
func keepPrint(c *call) (answer, error) {
	var b ledger.Book
	err := c.read(func(tx *store.Tx) error {
		var err error
		b, err = c.book(tx)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	s, err := c.typedSetup()
	if err == nil {
		err = c.write(func(tx *store.Tx) error { return paper.Keep(tx, c.actor.County, c.actor.Person, s) })
	}
	if err != nil {
		return redraw("print/show", c.printPage(b, c.r.PostForm), err)
	}
	q := url.Values{}
	take := func(names ...string) {
		for _, n := range names {
			if v := c.r.PostForm[n]; len(v) > 0 && v[0] != "" {
				q[n] = v
			}
		}
	}
	at := bookPath(b) + "/print"
	switch c.form("do") {
	case "vouchers":
		take("period", "word", "first", "last", "unposted")
		return goTo(at + "/vouchers?" + q.Encode())
	case "ledgers":
		take("through", "ledger")
		return goTo(at + "/ledgers?" + q.Encode())
	case "statement":
		take("from", "to")
		q.Set("format", "pdf")
		return goTo(bookPath(b) + "/statements/" + url.PathEscape(c.form("name")) + "?" + q.Encode())
	default:
		return goTo(at + "?kept=1")
	}
}

// number of a range; what is empty has no bound.
func (c *call) bound(name string) (int64, error) {
	text := strings.TrimLeft(c.query(name), "0")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return 0, fault.Newf(fault.Invalid, "print-number", "请只填数字,如 12", "凭证号「%s」不是号数", c.query(name)).In(name)
	}
	return n, nil
}

// voucherRange reads which vouchers are meant; of month where the address names none.
func (c *call) voucherRange(month calendar.Period) (ledger.Range, error) {
	r := ledger.Range{Word: c.query("word")}
	var err error
	if r.Period, err = c.period("period", month); err != nil {
		return r, err
	}
	if r.First, err = c.bound("first"); err != nil {
		return r, err
	}
	r.Last, err = c.bound("last")
	return r, err
}

func printVouchers(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	r, err := c.voucherRange(b.Today.Period())
	if err != nil {
		return answer{}, err
	}
	vouchers, err := paper.Gather(tx, c.actor, b, r, c.query("unposted") != "")
	if err != nil {
		return answer{}, err
	}
	return c.sheets(tx, fmt.Sprintf("%s %s 凭证", b.Name, r.Period), func(s paper.Setup) ([]byte, error) { return paper.Vouchers(vouchers, s) })
}

func printVoucher(c *call, tx *store.Tx) (answer, error) {
	v, err := c.voucher(tx, c.r.PathValue("document"))
	if err != nil {
		return answer{}, err
	}
	one, err := gathered(tx, v)
	if err != nil {
		return answer{}, err
	}
	name := v.book.Name + " " + v.draft.Period().Chinese() + " " + v.label()
	return c.sheets(tx, name, func(s paper.Setup) ([]byte, error) { return paper.Vouchers([]paper.Voucher{one}, s) })
}

// gathered gives a voucher as it is printed, posted or not.
func gathered(tx *store.Tx, v voucher) (paper.Voucher, error) {
	if v.posted != nil {
		return paper.GatherPosted(tx, v.book, *v.posted)
	}
	d := v.draft
	d.State = v.state
	return paper.GatherDraft(tx, v.book, d)
}

func printLedgers(c *call, tx *store.Tx) (answer, error) {
	b, err := c.book(tx)
	if err != nil {
		return answer{}, err
	}
	through, err := c.period("through", b.Today.Period())
	if err != nil {
		return answer{}, err
	}
	names := c.r.URL.Query()["ledger"]
	if len(names) == 0 {
		names = statement.Bindable
	}
	parts, err := statement.Bind(tx, b, names, through)
	if err != nil {
		return answer{}, err
	}
	if b, err = ledger.AsOf(tx, b, through.Last()); err != nil {
		return answer{}, err
	}
	name := fmt.Sprintf("%s %d 年度账簿", b.Name, through.Year())
	return c.sheets(tx, name, func(s paper.Setup) ([]byte, error) { return paper.Book(b, parts, s) })
}

// printReport gives a statement as sheets.
func (c *call) printReport(tx *store.Tx, r *statement.Report) (answer, error) {
	name := fmt.Sprintf("%s %s %s至%s", r.Entity, r.Title, r.From, r.To)
	return c.sheets(tx, name, func(s paper.Setup) ([]byte, error) { return paper.Reports([]*statement.Report{r}, s) })
}

// sheets gives what draw makes, as the person prints. It is drawn after the reading has ended: who waits for his turn
// to draw holds no reader of the database.
func (c *call) sheets(tx *store.Tx, name string, draw func(s paper.Setup) ([]byte, error)) (answer, error) {
	s, err := paper.SetupOf(tx, c.actor.County, c.actor.Person)
	if err != nil {
		return answer{}, err
	}
	return answer{file: pdfFile(name, func() ([]byte, error) { return draw(s) })}, nil
}

// pdfFile is a document that the browser shows, drawn once the route has ended.
func pdfFile(name string, draw func() ([]byte, error)) *file {
	return &file{name: name + ".pdf", media: attachment.PDF, inline: true, draw: draw}
}

// draw makes a file that is still to be drawn.
func (c *call) draw(f *file) error {
	return c.drawing(func() (err error) { f.body, err = f.draw(); return err })
}

// drawingMemory is what the program holds at most while a document is drawn, in bytes, as far as collecting can keep it: the
// library keeps every text of every sheet until the document is closed, and with the collector's usual pace three times as
// much would lie about.
const drawingMemory = 200 << 20

// drawing calls draw once nothing else is drawn, so that many people who print at once do not fill the memory, and has
// what is dead collected sooner meanwhile. The turn passes on whatever becomes of it.
func (c *call) drawing(draw func() error) error {
	select {
	case c.server.drawing <- struct{}{}:
		defer func() { <-c.server.drawing }()
		if usual := debug.SetMemoryLimit(-1); usual > drawingMemory {
			defer debug.SetMemoryLimit(usual)
			debug.SetMemoryLimit(drawingMemory)
		}
		return draw()
	case <-c.r.Context().Done():
		return c.r.Context().Err()
	}
}
