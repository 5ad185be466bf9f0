package appropriation

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"
)

// MoveKind is what a move does to a line.
type MoveKind string

// The kinds of moves. Orders make all but the last four, which are payments'.
const (
	Provisional MoveKind = "provisional"  // 临时额度
	Lapse       MoveKind = "lapse"        // 临时额度冲回
	Initial     MoveKind = "initial"      // 年初预算
	CarryIn     MoveKind = "carry-in"     // 上年结转
	CarryOut    MoveKind = "carry-out"    // 结转下年
	Addition    MoveKind = "addition"     // 追加
	Reduction   MoveKind = "reduction"    // 追减
	TransferIn  MoveKind = "transfer-in"  // 调入
	TransferOut MoveKind = "transfer-out" // 调出
	Freeze      MoveKind = "freeze"       // 冻结
	Unfreeze    MoveKind = "unfreeze"     // 解冻
	Recall      MoveKind = "recall"       // 收回
	Holding     MoveKind = "hold"         // 占用
	Releasing   MoveKind = "release"      // 释放占用
	Spending    MoveKind = "spend"        // 支付
	Refunding   MoveKind = "refund"       // 退回
)

// effect is what a move of amount $3 does to the sums of a line, and what must hold for it.
type effect struct {
	title string
	sets  string
	guard string
	sign  int64  // of the amount in the available amount
	of    string // the part that it takes from where that is not the available amount, as refusals name it
}

// adjustedSQL is Sums.Adjusted in SQL.
const adjustedSQL = `provisional + initial + carried_in + added - reduced + moved - recalled - carried_out`

const (
	affordable = availableSQL + ` >= $3`
	unplanned  = affordable + ` and ` + adjustedSQL + ` - $3 >= planned` // what plans gave out is taken back there first
)

var effects = map[MoveKind]effect{
	Provisional: {"临时额度", `provisional = provisional + $3`, `initial = 0`, 1, ""},
	Lapse:       {"临时额度冲回", `provisional = provisional - $3`, `provisional >= $3 and ` + unplanned, -1, ""},
	Initial:     {"年初预算", `initial = initial + $3`, ``, 1, ""},
	CarryIn:     {"上年结转", `carried_in = carried_in + $3`, ``, 1, ""},
	CarryOut:    {"结转下年", `carried_out = carried_out + $3`, unplanned, -1, ""},
	Addition:    {"追加", `added = added + $3`, ``, 1, ""},
	Reduction:   {"追减", `reduced = reduced + $3`, unplanned, -1, ""},
	TransferIn:  {"调入", `moved = moved + $3`, ``, 1, ""},
	TransferOut: {"调出", `moved = moved - $3`, unplanned, -1, ""},
	Freeze:      {"冻结", `frozen = frozen + $3`, affordable, -1, ""},
	Unfreeze:    {"解冻", `frozen = frozen - $3`, `frozen >= $3`, 1, "冻结数"},
	Recall:      {"收回", `recalled = recalled + $3`, unplanned, -1, ""},
	Holding:     {"占用", `held = held + $3`, affordable, -1, ""},
	Releasing:   {"释放占用", `held = held - $3`, `held >= $3`, 1, "占用数"},
	Spending:    {"支付", `held = held - $3, spent = spent + $3`, `held >= $3`, 0, "占用数"},
	Refunding:   {"退回", `refunded = refunded + $3`, `spent - refunded >= $3`, 1, "已支付数"},
}

// Title is the move's name on pages.
func (k MoveKind) Title() string { return effects[k].title }

// Takes reports whether a move takes from the available amount.
func (k MoveKind) Takes() bool { return effects[k].sign < 0 }

// Sign is 1 where a move adds to the available amount, -1 where it takes from it, 0 where it leaves it.
func (k MoveKind) Sign() int64 { return effects[k].sign }

// statements are the guarded updates by kind, written once.
var statements = func() map[MoveKind]string {
	all := map[MoveKind]string{}
	for kind, e := range effects {
		guard := ""
		if e.guard != "" {
			guard = " and " + e.guard
		}
		all[kind] = `update appropriation_line set ` + e.sets + `, moves = moves + 1 where county_id = $1 and line_id = $2` + guard +
			` returning moves, ` + availableSQL
	}
	return all
}()

//go:embed data/*.csv
var dataFS embed.FS

// Account is an account of the memorandum ledger.
type Account struct {
	Code, Name string
	Side       string // source, state
	Debit      bool   // its normal side
	Official   bool   // false: ours, until the official table takes its place
	Note       string
}

// The accounts that money comes from, and the one that transfers pass through.
const (
	SourceOwn      = "X101" // 本级财力
	SourceTransfer = "X102" // 上级转移支付
	SourceDebt     = "X103" // 债务收入
	SourceBrought  = "X105" // 调入资金
	transferring   = "X106"
)

// Sources are where new money may come from.
func Sources() []string { return []string{SourceOwn, SourceTransfer, SourceDebt, SourceBrought} }

const anySource = "source" // in the posting rules: the account that the move names

type posting struct{ debit, credit string }

// books is the memorandum ledger's data: its accounts in order and which two a kind of move touches.
type books struct {
	accounts []Account
	byCode   map[string]Account
	postings map[MoveKind]posting
	funds    map[string]string // beginning of a function class → the fund that it belongs to
}

var data = sync.OnceValue(func() books {
	b := books{byCode: map[string]Account{}, postings: map[MoveKind]posting{}, funds: map[string]string{}}
	for _, r := range table("accounts.csv", 6) {
		a := Account{Code: r[0], Name: r[1], Side: r[2], Debit: r[3] == "debit", Official: r[4] == "yes", Note: r[5]}
		b.accounts = append(b.accounts, a)
		b.byCode[a.Code] = a
	}
	for _, r := range table("postings.csv", 3) {
		b.postings[MoveKind(r[0])] = posting{r[1], r[2]}
	}
	for _, r := range table("fund-function.csv", 4) {
		b.funds[r[0]] = r[1]
	}
	for kind := range effects {
		p, ok := b.postings[kind]
		for _, code := range []string{p.debit, p.credit} {
			if _, known := b.byCode[code]; !ok || !known && code != anySource {
				panic(fmt.Sprintf("appropriation: the posting of %s names no account", kind))
			}
		}
	}
	return b
})

// table reads a file of the build; one that cannot be read is a defect of the build.
func table(name string, columns int) [][]string {
	text, err := dataFS.ReadFile("data/" + name)
	if err != nil {
		panic(err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = columns
	rows, err := r.ReadAll()
	if err != nil {
		panic(fmt.Sprintf("appropriation: %s: %v", name, err))
	}
	return rows[1:]
}

// Accounts lists the memorandum ledger's accounts.
func Accounts() []Account { return data().accounts }

// AccountName names an account with its code.
func AccountName(code string) string { return code + " " + data().byCode[code].Name }

// fundOf gives the fund that a function class belongs to: that of its longest known beginning; empty: none in particular.
func fundOf(function string) string {
	for n := len(function); n >= 3; n-- {
		if fund, ok := data().funds[function[:n]]; ok {
			return fund
		}
	}
	return ""
}

// posts gives the accounts that a move debits and credits.
func posts(kind MoveKind, source string) (debit, credit string) {
	p := data().postings[kind]
	return strings.Replace(p.debit, anySource, source, 1), strings.Replace(p.credit, anySource, source, 1)
}
