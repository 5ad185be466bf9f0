package demo

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// bookPlan is a book of a township with what its business follows from: a station or a village, or neither for the
// general budget.
type bookPlan struct {
	ledger.NewBook
	unit    string
	station *station
	village *village

	book   ledger.Book
	charts map[int]*ledger.Chart
	pen    *pen
}

// booksOf plans the books of a township: the general budget, the stations, the villages.
func booksOf(t *townPlan, start calendar.Period) []*bookPlan {
	code := func(book string) string { return t.code + book }
	all := []*bookPlan{{
		NewBook: ledger.NewBook{Code: code("001"), Name: t.name + "总预算", Chart: ledger.GeneralBudget, Start: start},
		unit:    t.division(),
	}}
	list := stations
	if !t.full {
		list = []station{organ}
	}
	for _, s := range list {
		if !t.full {
			s = smaller(s, t.class)
		}
		all = append(all, &bookPlan{
			NewBook: ledger.NewBook{Code: code(s.code), Name: bookName(t, s), Chart: ledger.Government, Regime: s.regime, Start: start},
			unit:    t.stationCode(s.code), station: &s,
		})
	}
	for i, name := range t.villageNames {
		p := place{name: name}
		v := villageOf(i, p)
		all = append(all, &bookPlan{
			NewBook: ledger.NewBook{Code: code(fmt.Sprint(201 + i)), Name: name, Chart: ledger.Village, Start: start},
			unit:    t.villageCode(i), village: &v,
		})
	}
	return all
}

// bookName is short in the township that is shown; elsewhere the county must tell one organ from another.
func bookName(t *townPlan, s station) string {
	switch {
	case s.code == organ.code && t.full:
		return organBook
	case s.code == organ.code:
		return t.name + s.name
	}
	return s.name
}

const organBook = "镇政府机关"

// classScale is how strong a township of a class is beside one of the second, in percent.
var classScale = []int{0, 130, 100, 80, 62, 48, 36}

// smaller gives the organ of a township of a class, without the projects of the one with two years of books.
func smaller(s station, class int) station {
	scale := classScale[class]
	s.staff, s.scale, s.works = s.staff*scale/100, s.scale*scale/300, nil
	s.vehicles, s.fee = min(s.vehicles, 1), fee{}
	s.building, s.machines, s.chairs = s.building*scale/100, s.machines*scale/100, s.chairs*scale/100
	return s
}

// createBooks makes the books and then their openings, entered by one person and checked by another.
func (b *build) createBooks(books []*bookPlan, by func(*bookPlan) (maker, checker identity.Actor), openings func(p *bookPlan) []ledger.Line) error {
	err := b.write(func(tx *store.Tx) error {
		for _, p := range books {
			n := p.NewBook
			n.Unit = b.units[p.unit].ID
			book, err := ledger.CreateBook(tx, County, n)
			if err != nil {
				return err
			}
			p.book = book
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.readCharts(books); err != nil {
		return err
	}
	return b.write(func(tx *store.Tx) error {
		for _, p := range books {
			maker, checker := by(p)
			doc, err := ledger.SetOpening(tx, maker, b.ids.next(), p.book.ID, p.book.Start, openings(p))
			if err == nil {
				_, err = ledger.CheckOpening(tx, checker, p.book.ID, doc.ID, doc.Version)
			}
			if err != nil {
				return fmt.Errorf("opening of %s: %w", p.book.Name, err)
			}
		}
		return nil
	})
}

// readCharts reads each book's accounts once, outside the writer.
func (b *build) readCharts(books []*bookPlan) error {
	return b.db.Read(b.ctx, func(tx *store.Tx) error {
		for _, p := range books {
			p.charts = map[int]*ledger.Chart{}
			for year := p.book.Start.Year(); year <= BusinessDate.Year(); year++ {
				chart, err := ledger.ChartOf(tx, p.book, year)
				if err != nil {
					return err
				}
				p.charts[year] = chart
			}
		}
		return nil
	})
}

// generate writes the vouchers of every book of a township from month to month, villages before the office that
// mirrors them, and the general budget that paid for both last.
func generate(books []*bookPlan, from, to calendar.Period, f *flows, scale int, month func(p *bookPlan)) {
	for _, p := range books {
		p.pen = newPen(p.book, f)
	}
	for m := from; m <= to; m = m.Next() {
		for _, p := range books {
			p.pen.turn(m, p.charts[m.Year()])
			if p.village != nil {
				month(p)
			}
		}
		for _, p := range books {
			if p.station == nil {
				continue
			}
			month(p)
			if p.station.code == office.code {
				p.pen.mirror(f)
			}
		}
		for _, p := range books {
			if p.station == nil && p.village == nil {
				p.pen.general(f, scale)
			}
		}
	}
}
