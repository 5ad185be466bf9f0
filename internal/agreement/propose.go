package agreement

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/money"
	"xiangzhang/internal/rule"
	"xiangzhang/internal/store"
)

// Pass is how a match was found.
type Pass string

// The passes, in their order.
const (
	ByNumber Pass = "number" // number, amount and day
	ByAmount Pass = "amount" // amount, within some days
	ByBatch  Pass = "batch"  // several of one batch or voucher against one
	Manual   Pass = "manual"
)

var passTitles = map[Pass]string{ByNumber: "号码、金额、日期相同", ByAmount: "金额相同、日期相近", ByBatch: "同批多笔对一笔", Manual: "手工勾对"}

// Passes gives the passes that propose.
func Passes() []Pass { return []Pass{ByNumber, ByAmount, ByBatch} }

// Title is the pass's name on pages.
func (p Pass) Title() string { return passTitles[p] }

// Group is some items of both sides that come to the same.
type Group struct {
	ID   int64 // 0 while it is only proposed
	Pass Pass
	Book []Item
	Bank []Item
	Sure bool // nothing else within the window fits
}

// Amount is what the group comes to: that of the bank's side, or of the book's where entries cancel each other.
func (g Group) Amount() money.Fen { return Sum(g.Bank) }

// latest is the last day of a group's parts.
func (g Group) latest() calendar.Date {
	var last calendar.Date
	for _, it := range slices.Concat(g.Book, g.Bank) {
		last = max(last, it.Date)
	}
	return last
}

// Proposal is what is open of an account with what the passes find.
type Proposal struct {
	Open
	Groups []Group
}

// Of gives the groups of a pass; an empty pass gives all.
func (p Proposal) Of(pass Pass) []Group {
	if pass == "" {
		return p.Groups
	}
	return slices.DeleteFunc(slices.Clone(p.Groups), func(g Group) bool { return g.Pass != pass })
}

// Digest names what a person saw of a pass, so that what he confirms is that.
func (p Proposal) Digest(pass Pass) string {
	h := sha256.New()
	for _, g := range p.Of(pass) {
		fmt.Fprintf(h, "%s;", g.Pass)
		for _, it := range slices.Concat(g.Book, g.Bank) {
			fmt.Fprintf(h, "%s %s %d,", it.Side, it.Key, it.Amount)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Propose looks for what belongs together of what is open today. Nothing is written.
func Propose(tx *store.Tx, a bank.Account, today calendar.Date) (Proposal, error) {
	open, err := OpenOn(tx, a, today)
	if err != nil {
		return Proposal{}, err
	}
	v, err := rule.Get(tx, a.County, windowDays.Code, a.Path, today)
	if err != nil {
		return Proposal{}, err
	}
	window, err := v.Days()
	if err != nil {
		return Proposal{}, err
	}
	return Proposal{open, propose(open, window)}, nil
}

// finder holds what of both sides is not in a group yet.
type finder struct {
	book, bank []Item
	booked     []bool // in a group
	banked     []bool
	window     int
	groups     []Group
}

func propose(o Open, window int) []Group {
	f := &finder{book: o.Book, bank: o.Bank, booked: make([]bool, len(o.Book)), banked: make([]bool, len(o.Bank)), window: window}
	f.byNumber()
	f.byAmount()
	f.byBatch()
	return f.groups
}

func (f *finder) pair(pass Pass, book, bank []int, sure bool) {
	g := Group{Pass: pass, Sure: sure}
	for _, i := range book {
		f.booked[i] = true
		g.Book = append(g.Book, f.book[i])
	}
	for _, j := range bank {
		f.banked[j] = true
		g.Bank = append(g.Bank, f.bank[j])
	}
	f.groups = append(f.groups, g)
}

// byNumber pairs what has a number, the amount and the day in common; as many on one side as on the other, or none.
func (f *finder) byNumber() {
	type key struct {
		ref    string
		amount money.Fen
		day    int
	}
	index := func(items []Item) map[key][]int {
		out := map[key][]int{}
		for i, it := range items {
			for _, ref := range it.refs {
				k := key{ref, it.Amount, it.day}
				out[k] = append(out[k], i)
			}
		}
		return out
	}
	book, bank := index(f.book), index(f.bank)
	for j, it := range f.bank {
		for _, ref := range it.refs {
			k := key{ref, it.Amount, it.day}
			here, there := book[k], bank[k]
			if f.banked[j] || len(here) == 0 || len(here) != len(there) {
				continue
			}
			if i := here[slices.Index(there, j)]; !f.booked[i] {
				f.pair(ByNumber, []int{i}, []int{j}, true)
			}
		}
	}
}

// byAmount pairs equal amounts whose days lie near each other, the nearest first.
func (f *finder) byAmount() {
	type key struct {
		amount money.Fen
		day    int
	}
	book, banks := map[key][]int{}, map[key]int{}
	for i, it := range f.book {
		if !f.booked[i] {
			book[key{it.Amount, it.day}] = append(book[key{it.Amount, it.day}], i)
		}
	}
	for j, it := range f.bank {
		if !f.banked[j] {
			banks[key{it.Amount, it.day}]++
		}
	}
	near := func(k key, count func(key) int) int {
		n := 0
		for d := -f.window; d <= f.window; d++ {
			n += count(key{k.amount, k.day + d})
		}
		return n
	}
	books := map[key]int{}
	for k, all := range book {
		books[k] = len(all)
	}
	for d := 0; d <= f.window; d++ {
		for j, it := range f.bank {
			if f.banked[j] {
				continue
			}
			for _, day := range []int{it.day - d, it.day + d} {
				k := key{it.Amount, day}
				if len(book[k]) == 0 {
					continue
				}
				i := book[k][0]
				book[k] = book[k][1:]
				sure := near(key{it.Amount, it.day}, func(k key) int { return books[k] }) == 1 && near(k, func(k key) int { return banks[k] }) == 1
				f.pair(ByAmount, []int{i}, []int{j}, sure)
				break
			}
		}
	}
}

// byBatch finds one item of a side that is the sum of several of the other that have a number or a voucher in common.
func (f *finder) byBatch() {
	f.sums(f.bank, f.banked, f.book, f.booked, func(many []int, one int) { f.pair(ByBatch, []int{one}, many, true) })
	f.sums(f.book, f.booked, f.bank, f.banked, func(many []int, one int) { f.pair(ByBatch, many, []int{one}, true) })
}

func (f *finder) sums(many []Item, manyTaken []bool, one []Item, oneTaken []bool, found func(many []int, one int)) {
	batches, order := map[string][]int{}, []string{}
	for i, it := range many {
		if manyTaken[i] {
			continue
		}
		names := it.refs
		if it.Voucher != "" {
			names = append(slices.Clip(names), "voucher "+it.Key[:strings.LastIndexByte(it.Key, '|')])
		}
		for _, name := range names {
			if batches[name] == nil {
				order = append(order, name)
			}
			batches[name] = append(batches[name], i)
		}
	}
	singles := map[money.Fen][]int{}
	for i, it := range one {
		if !oneTaken[i] {
			singles[it.Amount] = append(singles[it.Amount], i)
		}
	}
	for _, name := range order {
		batch := slices.DeleteFunc(batches[name], func(i int) bool { return manyTaken[i] })
		if len(batch) < 2 {
			continue
		}
		var sum money.Fen
		first, last := many[batch[0]].day, many[batch[len(batch)-1]].day
		for _, i := range batch {
			sum += many[i].Amount
		}
		fits := slices.DeleteFunc(slices.Clone(singles[sum]), func(i int) bool {
			return oneTaken[i] || one[i].day < first-f.window || one[i].day > last+f.window
		})
		if named := slices.DeleteFunc(slices.Clone(fits), func(i int) bool { return !slices.Contains(one[i].refs, name) }); len(named) > 0 {
			fits = named
		}
		if len(fits) == 1 { // where several fit, a person picks
			found(batch, fits[0])
		}
	}
}
