package demo

import (
	"fmt"

	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// labour writes the month's part of a station's projects.
func (p *pen) labour(s station) {
	for _, w := range s.works {
		at := p.month.Month() - w.begin
		if w.year != p.month.Year() || at < 0 || at >= w.months {
			continue
		}
		if w.asset == "" {
			p.service(s, w, at)
		} else {
			p.construct(w, at)
		}
	}
}

// service pays for a project as it goes, every month or every third.
func (p *pen) service(s station, w work, at int) {
	step := 1
	if w.months > 6 && w.total < 200_000 {
		step = 3
	}
	if at%step != step-1 && at != w.months-1 {
		return
	}
	parts := (w.months + step - 1) / step
	fen := yuan(w.total) / money.Fen(parts)
	fen -= fen % 100
	dims := ledger.Dims{Function: w.function, Economic: w.economic, Project: w.name}
	account := "500102"
	if w.economic[:3] == "303" {
		account = "500103"
	}
	p.write(p.between(9, 20), 4, fmt.Sprintf("付%s%d月款项(%s)", w.name, p.month.Month(), w.payee), p.granted(
		[]ledger.Line{debit(account, fen, dims)}, spend{w.function, w.economic, w.name, fen})...)
}

// construct prepays three tenths, settles six tenths at two thirds of the time, pays the last tenth and hands over
// (template T16).
func (p *pen) construct(w work, at int) {
	total := yuan(w.total)
	advance, last := total*3/10, total/10
	settled := total - advance - last
	payee := ledger.Dims{Party: w.payee}
	paid := func(fen money.Fen) spend { return spend{w.function, w.economic, w.name, fen} }
	switch at {
	case 0:
		p.write(p.between(9, 15), 5, "预付"+w.name+"工程款(合同价30%)", p.granted(
			[]ledger.Line{debit("121402", advance, payee)}, paid(advance))...)
	case w.months * 2 / 3:
		p.write(p.between(12, 19), 6, "付"+w.name+"进度款(监理确认)", p.granted(
			[]ledger.Line{debit("16130101", advance+settled, none), credit("121402", advance, payee)}, paid(settled))...)
	case w.months - 1:
		p.write(p.on(16), 8, "付"+w.name+"尾款(竣工验收)", p.granted(
			[]ledger.Line{debit("16130101", last, none)}, paid(last))...)
		p.write(p.on(20), 3, w.name+"完工交付使用", debit(w.asset, total, none), credit("16130101", total, none))
	}
}
