package agreement

import (
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

var lineRows = store.NewTable("statement_line", 3, 0, "#county_id", "#account_id", "#line_id", "#file_id", "date", "ref", "code", "#amount", "#balance",
	"counterparty", "summary")

// Arrival is a statement that is to be taken.
type Arrival struct {
	Document string // id, the form's idempotency key
	Account  int64
	Parsed   Parsed
	To       calendar.Date // last day that it covers; empty: the day of its last line
	Closing  *money.Fen    // balance on that day, where a statement without lines is taken
}

// News is what a statement adds to those before it.
type News struct {
	Account bank.Account
	File    File
	Lines   []Line
	Known   int // lines that were brought in before
}

// notCashier refuses the cashier, in whatever further role: preparer and cashier are different people.
func notCashier(by identity.Actor, path, act string) error {
	if by.Has(path, identity.Cashier) {
		return fault.Newf(fault.Refused, "agreement-cashier", "请由不任出纳的会计办理", "出纳不能%s:出纳与对账相分离", act)
	}
	return nil
}

// Preview tells what a statement would add, or refuses it. It writes nothing.
func Preview(tx *store.Tx, by identity.Actor, in Arrival) (News, error) {
	a, err := bank.See(tx, by, in.Account)
	if err != nil {
		return News{}, err
	}
	return newsOf(tx, a, in)
}

// newsOf compares a statement with what was brought in before.
func newsOf(tx *store.Tx, a bank.Account, in Arrival) (News, error) {
	n := News{Account: a}
	today, err := org.Today(tx, a.County)
	if err != nil {
		return n, err
	}
	if a.State == bank.Submitted || a.State == bank.Refused {
		return n, fault.Newf(fault.Refused, "bank-account-unlisted", "请先由另一人审核该账户", "%s还不在账户清单中,不能导入对账单", a.Title())
	}
	source := in.Parsed.Source
	if source != Bank && a.Kind != bank.Treasury {
		return n, fault.Newf(fault.Refused, "statement-source", "请选择国库存款账户", "%s不是国库存款账户,没有%s", a.Title(), source.Title())
	}
	if len(in.Parsed.Lines) == 0 && (source != Bank || in.Closing == nil || in.To == "") {
		return n, fault.New(fault.Invalid, "statement-nothing", "没有选择文件", "请选择文件;整期没有发生额的,填截止日期和余额").In("file")
	}
	files, err := Files(tx, a.County, a.ID)
	if err != nil {
		return n, err
	}
	files = slices.DeleteFunc(files, func(f File) bool { return f.Source != source || f.Withdrawn != "" })
	n.File = File{Document: in.Document, Account: a.ID, Source: source, Name: in.Parsed.Name, From: a.Since.First(), Opening: a.Opening}
	if len(files) > 0 {
		last := files[len(files)-1]
		n.File.From, n.File.Opening = last.To.AddDays(1), last.Closing
	}
	if source == Bank {
		err = n.follow(tx, in)
	} else {
		err = n.byDay(tx, in)
	}
	if err != nil {
		return n, err
	}
	return n, n.cover(in, today)
}

// follow finds where a bank's statement goes on from what is known: its lines overlap with the last ones, or begin where
// they end.
func (n *News) follow(tx *store.Tx, in Arrival) error {
	lines := in.Parsed.Lines
	n.File.Closing = n.File.Opening
	if len(lines) == 0 {
		if *in.Closing != n.File.Opening {
			return fault.Newf(fault.Refused, "statement-gap", "请导入该期的对账单", "截至 %s 的余额 %s 元与已导入的余额 %s 元不同,其间有发生额", in.To, *in.Closing, n.File.Opening).In("closing")
		}
		return nil
	}
	if first := n.Account.Since.First(); lines[0].Date < first {
		return fault.Newf(fault.Refused, "statement-too-early", fmt.Sprintf("请从 %s 起导出对账单", first), "对账单从 %s 起,早于启用日 %s", lines[0].Date, first)
	}
	known, err := Lines(tx, n.Account.County, n.Account.ID, Bank, lines[0].Date, "9999-12-31")
	if err != nil {
		return err
	}
	at := overlap(known, lines)
	switch {
	case at >= 0:
		n.Known = min(len(known)-at, len(lines))
		n.Lines = lines[n.Known:]
	case in.Parsed.Opening == n.File.Opening && (len(known) == 0 || known[len(known)-1].Date <= lines[0].Date): // the rest of a day
		n.Lines = lines
	case len(known) == 0:
		return n.gap(in)
	default:
		return differs(known, lines)
	}
	if len(n.Lines) > 0 {
		n.File.Closing = n.Lines[len(n.Lines)-1].Balance
	}
	return nil
}

// gap names the days that are missing between what is known and a statement.
func (n *News) gap(in Arrival) error {
	first := in.Parsed.Lines[0].Date
	missing := fmt.Sprintf("%s 至 %s", n.File.From, first.AddDays(-1))
	if n.File.From >= first {
		missing = fmt.Sprintf("%s 当日的部分发生额", first)
	}
	return fault.Newf(fault.Refused, "statement-gap", "请先导入所缺日期的对账单,或导出从 "+string(n.File.From)+" 起的对账单",
		"缺少 %s:已导入的余额 %s 元,本对账单期初 %s 元,差 %s 元", missing, n.File.Opening, in.Parsed.Opening, in.Parsed.Opening-n.File.Opening)
}

// overlap finds the line of known from which on both say the same; -1 where they differ.
func overlap(known, lines []Line) int {
	for at := range known {
		n := min(len(known)-at, len(lines))
		if slices.EqualFunc(known[at:at+n], lines[:n], Line.same) {
			return at
		}
	}
	return -1
}

// differs names the first line that is not what was brought in before, where both agree for longest.
func differs(known, lines []Line) error {
	best, at := 0, 0
	for from := range known {
		n := 0
		for n < min(len(known)-from, len(lines)) && known[from+n].same(lines[n]) {
			n++
		}
		if n > best {
			best, at = n, from
		}
	}
	if at+best >= len(known) || best >= len(lines) { // a day of fewer or more lines than before
		return fault.Newf(fault.Refused, "statement-differs", "请向银行核实;以前的导入有错的,先撤回再导入", "%s 有 %d 笔,以前导入的是 %d 笔", lines[0].Date, len(lines), len(known))
	}
	k, l := known[at+best], lines[best]
	return fault.Newf(fault.Refused, "statement-differs", "请向银行核实;以前的对账单有错的,先撤回再导入",
		"第 %d 行与以前导入的不同:本文件 %s 流水号 %s,%s 元,余额 %s 元;以前 %s 流水号 %s,%s 元,余额 %s 元",
		l.Row, l.Date, l.Ref, l.Amount, l.Balance, k.Date, k.Ref, k.Amount, k.Balance)
}

// byDay takes the days that are new of a source without a balance; a day that was brought in before must be the same.
func (n *News) byDay(tx *store.Tx, in Arrival) error {
	lines := in.Parsed.Lines
	known, err := Lines(tx, n.Account.County, n.Account.ID, in.Parsed.Source, lines[0].Date, lines[len(lines)-1].Date)
	if err != nil {
		return err
	}
	days := map[calendar.Date][]Line{}
	for _, k := range known {
		days[k.Date] = append(days[k.Date], k)
	}
	for from := 0; from < len(lines); {
		to := from
		for to < len(lines) && lines[to].Date == lines[from].Date {
			to++
		}
		day := days[lines[from].Date]
		switch {
		case len(day) == 0:
			n.Lines = append(n.Lines, lines[from:to]...)
		case slices.EqualFunc(day, lines[from:to], Line.same):
			n.Known += to - from
		default:
			return differs(day, lines[from:to])
		}
		from = to
	}
	n.File.From, n.File.Opening = lines[0].Date, 0
	return nil
}

// cover sets the days that the statement covers.
func (n *News) cover(in Arrival, today calendar.Date) error {
	last := calendar.Date("")
	if len(in.Parsed.Lines) > 0 {
		last = in.Parsed.Lines[len(in.Parsed.Lines)-1].Date
	}
	n.File.To = max(last, in.To)
	if in.To != "" {
		if _, err := calendar.ParseDate(string(in.To)); err != nil {
			return fault.As(err).In("to")
		}
		if in.To < last || in.To > today {
			return fault.Newf(fault.Invalid, "statement-to", "请填对账单上的截止日期", "截止日期 %s 早于最后一笔的 %s,或晚于今天", in.To, last).In("to")
		}
	}
	if n.Account.ClosedOn != "" && last > n.Account.ClosedOn {
		return fault.Newf(fault.Refused, "bank-account-unlisted", "请核对账户清单", "%s已于 %s 销户,对账单有 %s 的发生额", n.Account.Title(), n.Account.ClosedOn, last)
	}
	if len(n.Lines) == 0 && (n.File.To < n.File.From || n.File.Source != Bank) {
		return fault.Newf(fault.Conflict, "statement-repeated", "无需再次导入", "「%s」的 %d 笔以前都已导入,没有新的发生额", in.Parsed.Name, n.Known)
	}
	if n.File.Source == Bank && n.File.To < n.File.From {
		n.File.From = n.File.To
	}
	n.File.Lines = int64(len(n.Lines))
	return nil
}

// Take brings a statement in. The same form again is refused with an error for which document.IsTaken holds.
func Take(tx *store.Tx, by identity.Actor, in Arrival) (News, error) {
	a, err := bank.See(tx, by, in.Account)
	if err != nil {
		return News{}, err
	}
	if err := notCashier(by, a.Path, "导入对账单"); err != nil {
		return News{}, err
	}
	if err := bank.Claim(tx, by.County, a.ID); err != nil {
		return News{}, err
	}
	if err := tx.Settle(); err != nil {
		return News{}, err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return News{}, err
	}
	var n News
	act := document.Act{By: by, Kind: FileKind, Step: "take", ID: in.Document, Unit: a.Unit, Path: a.Path, Today: today}
	_, err = document.Make(tx, act, func() (document.Effect, error) {
		if n, err = newsOf(tx, a, in); err != nil {
			return document.Effect{}, err
		}
		if err := n.keep(tx, by); err != nil {
			return document.Effect{}, err
		}
		return document.Effect{Ref: in.Parsed.Name, Rows: trail.Digest(n.File.rows())}, nil
	})
	return n, err
}

func (n *News) keep(tx *store.Tx, by identity.Actor) (err error) {
	f := &n.File
	f.Maker, f.MadeAt = by.Person, calendar.Instant(tx.Now)
	if f.ID, err = org.NextID(tx, by.County, fmt.Sprintf("statement-file/%d", n.Account.ID)); err != nil {
		return err
	}
	next, err := nextLines(tx, by.County, n.Account.ID, len(n.Lines))
	if err != nil {
		return err
	}
	for i := range n.Lines {
		l := &n.Lines[i]
		l.ID, l.File = next+int64(i), f.ID
		tx.Append(lineRows, by.County, n.Account.ID, l.ID, f.ID, string(l.Date), l.Ref, l.Code, int64(l.Amount), int64(l.Balance), l.Counterparty, l.Summary)
	}
	f.Digest = digest(n.Lines)
	_, err = tx.Exec(`insert into statement_file (county_id, account_id, file_id, document_id, source, name, from_date, to_date, opening, closing, lines, digest, maker_id, made_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, by.County, n.Account.ID, f.ID, f.Document, string(f.Source), f.Name,
		string(f.From), string(f.To), int64(f.Opening), int64(f.Closing), f.Lines, f.Digest, f.Maker, f.MadeAt)
	if store.IsUnique(err) {
		return fault.New(fault.Conflict, "document-exists", "这份对账单已经提交过", "请刷新后查看,勿重复提交")
	}
	if err != nil {
		return fmt.Errorf("agreement.Take %s: %w", f.Document, err)
	}
	return nil
}

// nextLines takes n consecutive numbers of lines and gives the first.
func nextLines(tx *store.Tx, county, account int64, n int) (int64, error) {
	if n == 0 {
		return 0, nil
	}
	var last int64
	err := tx.QueryWrite(`insert into counter (county_id, name, value) values ($1, $2, $3)
		on conflict (county_id, name) do update set value = counter.value + $3 returning value`, county, fmt.Sprintf("statement-line/%d", account), n).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("agreement: numbers of lines: %w", err)
	}
	return last - int64(n) + 1, nil
}

// digest gives the SHA-256 of what lines say.
func digest(lines []Line) string {
	o := trail.NewObject()
	o.Objects("lines", len(lines), func(i int, inner *trail.Object) {
		l := lines[i]
		inner.Int("amount", int64(l.Amount)).Int("balance", int64(l.Balance)).Text("code", l.Code).Text("counterparty", l.Counterparty).Text("date", string(l.Date))
		inner.Int("line", l.ID).Text("ref", l.Ref).Text("summary", l.Summary)
	})
	return trail.Digest(o.Bytes())
}

// rows gives the canonical content whose SHA-256 the leaf of a statement holds.
func (f File) rows() []byte {
	return trail.NewObject().Int("account", f.Account).Int("closing", int64(f.Closing)).Text("digest", f.Digest).Int("file", f.ID).Text("from", string(f.From)).
		Int("lines", f.Lines).Text("name", f.Name).Int("opening", int64(f.Opening)).Text("source", string(f.Source)).Text("to", string(f.To)).Bytes()
}

// Withdraw takes back a statement that was brought in by mistake: the last one of its account, as long as nothing of it is
// matched and no adjustment sheet rests on it.
func Withdraw(tx *store.Tx, by identity.Actor, id string, version int64, reason string) error {
	f, a, err := SeeFile(tx, by, id)
	if err != nil {
		return err
	}
	if err := notCashier(by, a.Path, "撤回对账单"); err != nil {
		return err
	}
	if err := bank.Claim(tx, by.County, a.ID); err != nil {
		return err
	}
	if err := tx.Settle(); err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	act := document.Act{By: by, Kind: FileKind, Step: "withdraw", ID: id, Version: version, Unit: a.Unit, Path: a.Path, Today: today, Reason: reason}
	_, err = document.Take(tx, act, func(document.Document) (document.Effect, error) {
		if err := withdrawable(tx, a, f); err != nil {
			return document.Effect{}, err
		}
		_, err := tx.Exec(`update statement_file set withdrawn_at = $4 where county_id = $1 and account_id = $2 and file_id = $3`, by.County, a.ID, f.ID, calendar.Instant(tx.Now))
		return document.Effect{}, err
	})
	return err
}

func withdrawable(tx *store.Tx, a bank.Account, f File) error {
	files, err := Files(tx, a.County, a.ID)
	if err != nil {
		return err
	}
	for _, o := range files {
		if o.Source == f.Source && o.Withdrawn == "" && o.ID > f.ID && f.Source == Bank {
			return fault.Newf(fault.Refused, "statement-not-last", "请先撤回「"+strings.TrimSpace(o.Name)+"」", "「%s」之后还有对账单,不能撤回", f.Name)
		}
	}
	if f.Source != Bank {
		return nil
	}
	var matched int64
	err = tx.QueryRow(`select count(*) from statement_line l join match_item m on m.county_id = l.county_id and m.account_id = l.account_id and m.side = 'bank'
		and m.item = cast(l.line_id as text) and m.undone = 0 where l.county_id = $1 and l.account_id = $2 and l.file_id = $3`, a.County, a.ID, f.ID).Scan(&matched)
	if err != nil {
		return fmt.Errorf("agreement.Withdraw %s: %w", f.Document, err)
	}
	if matched > 0 {
		return fault.Newf(fault.Refused, "statement-matched", "请先撤销这些勾对", "「%s」有 %d 笔已经勾对,不能撤回", f.Name, matched)
	}
	sheets, err := Sheets(tx, a)
	if err != nil {
		return err
	}
	for _, s := range sheets {
		if s.State != SentBack && s.Period.Last() >= f.From {
			return fault.Newf(fault.Refused, "statement-sheet", "请先退回该表", "「%s」已用于 %s 的余额调节表,不能撤回", f.Name, s.Period.Chinese())
		}
	}
	return nil
}
