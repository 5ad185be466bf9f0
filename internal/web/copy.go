package web

import (
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// copyRoutes list the vouchers of a month to copy from; the form itself copies (?copy=).
func copyRoutes() []route {
	return []route{{pattern: "GET /books/{book}/copy", title: "复制凭证", right: only(voucherMakers...), show: showCopy}}
}

// copyPage lists the vouchers of a month, last month's at first.
type copyPage struct {
	Base
	Book     ledger.Book
	Period   calendar.Period
	Into     calendar.Period // the month of the new voucher
	Months   []choice
	Query    string
	Vouchers []copyRow
}

type copyRow struct {
	voucherRow
	Copy string
}

func showCopy(c *call, tx *store.Tx) (answer, error) {
	b, err := c.makersBook(tx, "录入凭证")
	if err != nil {
		return answer{}, err
	}
	p := &copyPage{Book: b, Query: c.query("q")}
	p.Title, p.Tabs, p.Styles = "复制凭证", c.tabs(b, ""), []string{"usual.css"}
	if p.Into, err = c.period("into", b.Today.Period()); err != nil {
		return answer{}, err
	}
	if p.Period, err = c.period("period", max(p.Into.Prev(), b.Start)); err != nil {
		return answer{}, err
	}
	for m, n := p.Into, 0; m >= b.Start && n < 13; m, n = m.Prev(), n+1 {
		p.Months = append(p.Months, choice{Value: string(m), Title: m.Chinese(), On: m == p.Period})
	}
	names, err := identity.Names(tx, b.County)
	if err != nil {
		return answer{}, err
	}
	rows, err := voucherRows(tx, c, b, p.Period, names)
	if err != nil {
		return answer{}, err
	}
	for _, r := range rows {
		if r.State != ledger.Voided && r.Mark == "" && r.matches(p.Query) {
			document := r.Path[len(voucherPath("")):]
			p.Vouchers = append(p.Vouchers, copyRow{r, bookPath(b) + "/vouchers/new?copy=" + document + "&period=" + string(p.Into)})
		}
	}
	return show("usual/copy", p)
}
