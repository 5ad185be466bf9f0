package demo

import (
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
)

// stationOpening is what a station starts with: what it owns, worn by two fifths, its own money, and for the office
// the entrusted money of the villages, by village.
func stationOpening(s station, onTrustOf []trust) []ledger.Line {
	inBank, box := yuan(40_000+s.scale*320), yuan(1_200+s.scale*6)
	assets := []struct {
		account, worn string
		value         int
	}{
		{"160101", "160201", s.building}, {"160103", "160203", s.machines}, {"160106", "160206", s.chairs},
	}
	kept := yuan(150 * s.scale) // contractors' retention money, beside the unit's own
	lines := []ledger.Line{
		debit(cash, box, none), debit(bank, inBank+kept, none),
		credit(deposits, kept, ledger.Dims{Party: "青岚县宏图建筑有限公司"}),
	}
	equity := inBank + box
	for _, a := range assets {
		value := yuan(a.value)
		lines = append(lines, debit(a.account, value, none), credit(a.worn, value*2/5, none))
		equity += value - value*2/5
	}
	if s.code == organ.code {
		public := publicValue(s)
		lines = append(lines, debit(roads, public, none), credit("1802", public/5, none))
		equity += public - public/5
	}
	if s.code == clinic {
		lines = append(lines, debit(stores, yuan(86_400), none))
		equity += yuan(86_400)
	}
	var total money.Fen
	for _, t := range onTrustOf {
		total += t.fen
		lines = append(lines, credit(onTrust, t.fen, ledger.Dims{Party: t.village}))
	}
	if total > 0 {
		lines = append(lines, debit(entrusted, total, none))
	}
	return append(lines, credit("3001", equity, none),
		debit(ownMoney, inBank+box, none), credit(ownSurplus, inBank+box, none))
}

// budgetOpening is what a general budget starts with: money in the treasury beside the surplus carried over.
func budgetOpening(fen money.Fen) []ledger.Line {
	reserve := fen / 4 / 100 * 100
	return []ledger.Line{debit("1001", fen, none), credit("3001", fen-reserve, none), credit("3031", reserve, none)}
}
