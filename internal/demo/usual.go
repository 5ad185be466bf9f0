package demo

import (
	"fmt"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/usual"
)

// organSummaries are the library of the organ's book: the first shared, the last the accountant's own.
var organSummaries = []struct{ code, words string }{
	{"01", "付办公用品款"}, {"02", "付水电费"}, {"03", "付电话、网络费"}, {"04", "付公务用车燃油、维修费"}, {"05", "报销差旅费"}, {"06", "报销会议、培训费"},
}

const ownSummary = "财政统发当月职工工资"

// usuals gives 柳溪镇 a library of summaries in the organ's book, and usual vouchers: one of that book, one of all books of
// the government's chart, one of all village books.
func (d *desk) usuals() error {
	var first, village *bookPlan
	var han identity.Actor // who enters the organ's vouchers
	for i, p := range d.books {
		switch {
		case p.station != nil && p.station.code == organ.code:
			first, han = p, d.maker(i)
		case p.village != nil && village == nil:
			village = p
		}
	}
	line := func(summary, account, function, economic, debit, credit string) usual.Line {
		return usual.Line{Summary: summary, Account: account, Function: function, Economic: economic, Debit: debit, Credit: credit}
	}
	running := first.station.function
	office, _ := usual.Office(first.book)
	const social, supplies, rent = "计提单位缴纳社保、公积金", "付办公用品款", "收机动地承包费"
	templates := []struct {
		book *bookPlan
		usual.Template
	}{
		{first, usual.Template{Code: "bg", Name: supplies, Lines: []usual.Line{
			line(supplies, "500102", running, "30201", "=金额", ""), line(supplies, "400101", running, "", "", "=第1行"),
		}}},
		{first, usual.Template{Code: "sb", Name: social, Unit: office, Word: "转", Lines: []usual.Line{
			line(social, "500101", pensionFunction, "30108", "=应发工资*16%", ""), line(social, "500101", annuityFunction, "30109", "=应发工资*8%", ""),
			line(social, "500101", fundFunction, "30113", "=应发工资*12%", ""),
			line(social, "220105", "", "", "", "=第1行+第2行"), line(social, "220106", "", "", "", "=第3行"),
		}}},
		{village, usual.Template{Code: "cb", Name: rent, Unit: office, Word: "收", Lines: []usual.Line{
			line(rent, villageBank, "", "", "=亩数*单价", ""), line(rent, "50104", "", "", "", "=借方合计"),
		}}},
	}
	return d.write(func(tx *store.Tx) error {
		for _, s := range organSummaries {
			if err := usual.KeepSummary(tx, han, usual.Summary{ID: d.ids.next(), Book: first.book.ID, Code: s.code, Words: s.words}); err != nil {
				return fmt.Errorf("summary %s: %w", s.words, err)
			}
		}
		if err := usual.KeepSummary(tx, han, usual.Summary{ID: d.ids.next(), Book: first.book.ID, Person: han.Person, Words: ownSummary}); err != nil {
			return err
		}
		for _, t := range templates {
			t.ID = d.ids.next()
			if _, err := usual.Keep(tx, han, t.book.book.ID, t.Template); err != nil {
				return fmt.Errorf("template %s: %w", t.Name, err)
			}
		}
		return nil
	})
}
