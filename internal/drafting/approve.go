package drafting

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"xiangzhang/internal/appropriation"
	"xiangzhang/internal/budget"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/obligation"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// follow derives the id of a document that the approval of a draft makes, so that it makes it once.
func follow(draft, what string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "drafting\n%s\n%s", draft, what))
	var id uuid.UUID
	copy(id[:], sum[:])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// approvedKinds are the obligations that follow from an approval (预算法 art. 14, 50, 52).
var approvedKinds = []string{"budget-reply", "budget-filing", "budget-publication"}

// Confirm is the second person's yes to the recorded resolution: in this step the appropriations, the lines of the
// general budget book and the obligations are made.
func Confirm(tx *store.Tx, by identity.Actor, id string, version int64) (document.Document, error) {
	return take(tx, by, "confirm", id, version, "", func(d Draft, _ calendar.Date) (document.Effect, error) {
		c, err := ContentOf(tx, by.County, id, 0)
		if err == nil {
			err = d.checkWhole(tx, by.County, c)
		}
		if err != nil {
			return document.Effect{}, err
		}
		rows, err := d.freeze(tx, by, "confirm")
		if err != nil {
			return document.Effect{}, err
		}
		orders, err := d.appropriate(tx, by, c)
		if err != nil {
			return document.Effect{}, err
		}
		book, err := d.setBudget(tx, by, c)
		if err != nil {
			return document.Effect{}, err
		}
		unit, err := org.Get(tx, by.County, d.Unit)
		for _, kind := range approvedKinds {
			if err == nil {
				_, err = obligation.Arise(tx, by, obligation.New{Source: id, Kind: kind, Unit: unit, Since: d.On, Basis: d.Number})
			}
		}
		return document.Effect{Rows: rows, Facts: map[string]string{"orders": strings.Join(orders, ","), "book": book}}, err
	})
}

// grant is what an appropriation gets, or gives back, by an approval.
type grant struct {
	key  appropriation.Key
	from string
}

// granted adds up what lines give to appropriations. What was carried over has been given by its own order.
func (c Content) granted(year int) (sums map[grant]money.Fen, marks map[appropriation.Key]Line) {
	sums, marks = map[grant]money.Fen{}, map[appropriation.Key]Line{}
	for _, l := range c.Lines {
		if l.Source == sourceCarried || l.Amount == 0 {
			continue
		}
		k := l.key(year)
		sums[grant{k, l.Source}] += l.Amount
		marks[k] = l
	}
	return sums, marks
}

// appropriate lets the approved lines take effect as appropriations: the year's budget whole, an adjustment by what it
// adds and takes back, from the day of the session. It gives the orders that it made.
func (d Draft) appropriate(tx *store.Tx, by identity.Actor, c Content) (orders []string, err error) {
	sums, marks := c.granted(d.Year)
	if d.Base != "" {
		stage, err := lastStage(tx, by.County, d.Base)
		if err != nil {
			return nil, err
		}
		before, err := ContentOf(tx, by.County, d.Base, stage)
		if err != nil {
			return nil, err
		}
		old, oldMarks := before.granted(d.Year)
		for g, amount := range old {
			sums[g] -= amount
			if _, known := marks[g.key]; !known {
				marks[g.key] = oldMarks[g.key]
			}
		}
	}
	drafted, err := document.Get(tx, by.County, d.Document)
	if err != nil {
		return nil, err
	}
	maker := int64(0)
	for _, p := range drafted.Parts {
		if p.Duty == document.DutyMake {
			maker = p.Person
		}
	}
	for _, kind := range []appropriation.OrderKind{appropriation.OrderInitial, appropriation.OrderReduction, appropriation.OrderAddition} {
		a := appropriation.Approval{
			ID: follow(d.Document, string(kind)), Kind: kind, Year: d.Year, Date: d.On, Source: d.Number, Session: d.Number, Note: d.UnitName + d.Title(), Over: d.Unit, Maker: maker,
		}
		for _, g := range slices.SortedFunc(maps.Keys(sums), compareGrants) {
			amount := sums[g]
			if amount == 0 || (kind == appropriation.OrderInitial) != (d.Round == 0) || (kind == appropriation.OrderReduction) != (amount < 0) {
				continue
			}
			m := marks[g.key]
			a.Items = append(a.Items, appropriation.Granted{Key: g.key, From: g.from, Amount: amount.Abs(), Purchase: m.Purchase, Guarantee: m.Guarantee})
		}
		if len(a.Items) == 0 {
			continue
		}
		if err := appropriation.Approve(tx, by, a); err != nil {
			return nil, err
		}
		orders = append(orders, a.ID)
	}
	return orders, nil
}

func compareGrants(a, b grant) int {
	return cmp.Or(cmp.Compare(a.key.Unit, b.key.Unit), cmp.Compare(a.key.Fund, b.key.Fund), cmp.Compare(a.key.Function, b.key.Function), cmp.Compare(a.key.Economic, b.key.Economic),
		cmp.Compare(a.key.GovEconomic, b.key.GovEconomic), cmp.Compare(a.key.Project, b.key.Project), cmp.Compare(a.from, b.from))
}

// The accounts of the general budget book, by kind of money.
var (
	ownAccounts   = map[string]string{"1": "4001", "2": "4002", "3": "4003", "4": "4005"}
	spendAccounts = map[string]string{"1": "5001", "2": "5002", "3": "5003", "4": "5005"}
	carryAccounts = map[string]string{"1": "3001", "2": "3002", "3": "3003", "4": "3005"}
)

// prefixes of classes with the accounts that they are budgeted under; the longest stands first.
var (
	incomeAccounts = [][2]string{{classTransferIn, "4021"}, {"11011", "4042"}, {"11015", "4031"}, {"110", "4011"}, {"105", "4041"}}
	outlayAccounts = [][2]string{{"23006", "5012"}, {classTransferOut, "5021"}, {"23011", "5042"}, {"23015", "5031"}, {"231", "5041"}, {"230", "5011"}}
)

// Carried in and forward in the books.
const (
	classCarriedIn  = "11008" // 上年结余收入
	classCarriedOut = "23009" // 年终结余
)

// account gives the account that an item is budgeted under; empty: none, as of units' own money.
func (i Item) account() string {
	if i.Fund == unitFund {
		return ""
	}
	list, own := incomeAccounts, ownAccounts
	if i.Side == Outlay {
		list, own = outlayAccounts, spendAccounts
	}
	if strings.HasPrefix(i.Class, classCarriedIn) || strings.HasPrefix(i.Class, classCarriedOut) {
		return carryAccounts[i.Fund]
	}
	for _, p := range list {
		if strings.HasPrefix(i.Class, p[0]) {
			return p[1]
		}
	}
	return own[i.Fund]
}

// bookLines gives the amounts of the general budget book's lines by account and class.
func (c Content) bookLines() map[[2]string]money.Fen {
	out := map[[2]string]money.Fen{}
	for _, l := range c.Lines {
		if a := spendAccounts[l.Fund]; a != "" {
			out[[2]string{a, l.Function}] += l.Amount
		}
	}
	for _, i := range c.Items {
		if a := i.account(); a != "" {
			out[[2]string{a, i.Class}] += i.Amount
		}
	}
	return out
}

// setBudget sets the lines of the township's general budget book, and gives the document that did; a township without
// such a book has none.
func (d Draft) setBudget(tx *store.Tx, by identity.Actor, c Content) (string, error) {
	b, ok, err := d.generalBook(tx, by.County)
	if err != nil || !ok {
		return "", err
	}
	adjusted := c.bookLines()
	first := adjusted
	if d.Round > 0 {
		all, err := query(tx, ` and x.unit_id = $2 and x.year = $3 and x.round = 0`, by.County, d.Unit, d.Year)
		if err != nil || len(all) == 0 {
			return "", err
		}
		stage, err := lastStage(tx, by.County, all[0].Document)
		if err != nil {
			return "", err
		}
		original, err := ContentOf(tx, by.County, all[0].Document, stage)
		if err != nil {
			return "", err
		}
		first = original.bookLines()
	}
	var lines []budget.Line
	for k := range maps.All(adjusted) {
		lines = append(lines, budget.Line{Account: k[0], Function: k[1], Budget: first[k], Adjusted: adjusted[k]})
	}
	for k, amount := range first {
		if _, still := adjusted[k]; !still {
			lines = append(lines, budget.Line{Account: k[0], Function: k[1], Budget: amount})
		}
	}
	slices.SortFunc(lines, func(a, b budget.Line) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Function, b.Function))
	})
	id := follow(d.Document, "book")
	_, err = budget.Set(tx, by, id, b.ID, d.Year, lines)
	return id, err
}

// generalBook gives the township's general budget book that is kept when the year begins or the session sits: one that
// begins later takes its budget over with its openings.
func (d Draft) generalBook(tx *store.Tx, county int64) (b ledger.Book, ok bool, err error) {
	books, err := ledger.ListBooks(tx, county, d.Path)
	for _, b := range books {
		if b.Unit == d.Unit && b.Chart == ledger.GeneralBudget && b.EndedOn == "" && b.Start <= max(d.On.Period(), calendar.PeriodOf(d.Year, 1)) {
			return b, true, err
		}
	}
	return b, false, err
}

// Reply replies to the units (二下): the obligation to do so is met, and theirs arise.
func Reply(tx *store.Tx, by identity.Actor, id string, version int64, on calendar.Date, number string) (document.Document, error) {
	number = strings.TrimSpace(number)
	return take(tx, by, "reply", id, version, "", func(d Draft, today calendar.Date) (document.Effect, error) {
		if number == "" {
			return document.Effect{}, fault.New(fault.Invalid, "drafting-reply-number", "没有填写批复的文号", "请填写批复各单位预算的文号").In("number")
		}
		if on < d.On || on > today {
			return document.Effect{}, fault.Newf(fault.Invalid, "drafting-reply-day", "请填写实际批复的日期", "批复日期 %s 不在 %s 至 %s 之间", on, d.On, today).In("on")
		}
		unit, err := org.Get(tx, by.County, d.Unit)
		if err != nil {
			return document.Effect{}, err
		}
		if _, err := obligation.MeetOf(tx, by, id, "budget-reply", unit, d.Path, on, number); err != nil {
			return document.Effect{}, err
		}
		c, err := ContentOf(tx, by.County, id, 0)
		if err != nil {
			return document.Effect{}, err
		}
		var told []string
		for i, l := range c.Lines {
			if i > 0 && c.Lines[i-1].Unit == l.Unit || l.Unit == d.Unit {
				continue
			}
			below, err := org.Get(tx, by.County, l.Unit)
			if err == nil {
				_, err = obligation.Arise(tx, by, obligation.New{Source: id, Kind: "department-publication", Unit: below, Since: on, Basis: number, Path: d.Path})
			}
			if err != nil {
				return document.Effect{}, err
			}
			told = append(told, fmt.Sprint(l.Unit))
		}
		return document.Effect{Facts: map[string]string{"on": string(on), "reference": number, "units": strings.Join(told, ",")}}, nil
	})
}
