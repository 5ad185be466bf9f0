package appropriation

import (
	"fmt"
	"maps"
	"slices"

	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Flaw is one broken invariant: where, and what.
type Flaw struct{ Where, Message string }

// Verify recomputes every invariant of a county's appropriations from the moves: the sums and the available amount of
// each line, the unbroken order of its moves, the two memorandum entries of each, the balances, that transfers and
// carry-overs come out even, and that every order and its moves are what its leaves say.
func Verify(tx *store.Tx, county int64) ([]Flaw, error) {
	v := &verifier{tx: tx, county: county, lines: map[int64]*Line{}}
	for _, part := range []func() error{v.readLines, v.walkMoves, v.entryCount, v.balances, v.even, v.orders} {
		if err := part(); err != nil {
			return nil, fmt.Errorf("appropriation.Verify: %w", err)
		}
	}
	return v.flaws, nil
}

type verifier struct {
	tx     *store.Tx
	county int64
	lines  map[int64]*Line // by id, as the rows say
	moved  int64
	sums   map[account]Balance // recomputed
	kept   map[string][]Move   // moves of orders, by document
	flaws  []Flaw
}

type account struct {
	line int64
	code string
}

func (v *verifier) flaw(where, format string, args ...any) {
	v.flaws = append(v.flaws, Flaw{where, fmt.Sprintf(format, args...)})
}

func (v *verifier) readLines() error {
	rows, err := v.tx.Query(`select `+lineColumns+lineFrom, v.county)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		l, err := scanLine(rows)
		if err != nil {
			return err
		}
		v.lines[l.ID] = &l
		if l.Available() < 0 {
			v.flaw("指标 "+l.Number, "可用 %s 元,小于零", l.Available())
		}
	}
	return rows.Err()
}

// walkMoves reads every move with its entries, line by line, and replays it.
func (v *verifier) walkMoves() error {
	v.sums, v.kept = map[account]Balance{}, map[string][]Move{}
	rows, err := v.tx.Query(`select m.line_id, m.seq, m.kind, m.amount, m.source, m.document_id, m.number, m.date, m.available, m.maker_id,
		m.checker_id, m.at, coalesce(d.account, ''), coalesce(d.debit - d.credit, 0), coalesce(c.account, ''), coalesce(c.credit - c.debit, 0)
		from appropriation_move m
		left join memorandum_entry d on d.county_id = m.county_id and d.line_id = m.line_id and d.seq = m.seq and d.part = 1
		left join memorandum_entry c on c.county_id = m.county_id and c.line_id = m.line_id and c.seq = m.seq and c.part = 2
		where m.county_id = $1 order by m.line_id, m.seq`, v.county)
	if err != nil {
		return err
	}
	defer rows.Close()
	replayed := map[int64]*Line{}
	for rows.Next() {
		var m Move
		var debit, credit string
		var debited, credited money.Fen
		if err := rows.Scan(&m.Line, &m.Seq, &m.Kind, &m.Amount, &m.Source, &m.Document, &m.Number, &m.Date, &m.Available, &m.Maker,
			&m.Checker, &m.At, &debit, &debited, &credit, &credited); err != nil {
			return err
		}
		v.moved++
		l := v.lines[m.Line]
		if l == nil {
			v.flaw(fmt.Sprintf("指标 %d", m.Line), "第 %d 笔变动没有对应的指标", m.Seq)
			continue
		}
		if _, known := effects[m.Kind]; !known {
			v.flaw("指标 "+l.Number, "第 %d 笔变动的种类「%s」不存在", m.Seq, m.Kind)
			continue
		}
		r := replayed[m.Line]
		if r == nil {
			r = &Line{}
			replayed[m.Line] = r
		}
		v.replay(l, r, m)
		a, b := posts(m.Kind, m.Source)
		if debit != a || credit != b || debited != m.Amount || credited != m.Amount {
			v.flaw("指标 "+l.Number, "第 %d 笔变动(%s %s 元)与备查分录不符", m.Seq, m.Kind.Title(), m.Amount)
		}
		v.sum(m.Line, a, m.Amount, 0)
		v.sum(m.Line, b, 0, m.Amount)
		switch m.Kind {
		case Holding, Releasing, Spending, Refunding:
		default:
			v.kept[m.Document] = append(v.kept[m.Document], m)
		}
	}
	for id, l := range v.lines {
		r := replayed[id]
		if r == nil {
			r = &Line{}
		}
		if l.Sums != r.Sums || l.Moves != r.Moves {
			v.flaw("指标 "+l.Number, "各项合计与变动明细不符:可用 %s 元,按明细为 %s 元", l.Available(), r.Available())
		}
	}
	return rows.Err()
}

func (v *verifier) sum(line int64, code string, debit, credit money.Fen) {
	k := account{line, code}
	b := v.sums[k]
	b.Debit += debit
	b.Credit += credit
	v.sums[k] = b
}

// replay takes a move on a line that began with nothing.
func (v *verifier) replay(l, r *Line, m Move) {
	r.Moves++
	if m.Seq != r.Moves {
		v.flaw("指标 "+l.Number, "变动明细不连续:缺第 %d 笔", r.Moves)
		r.Moves = m.Seq
	}
	s := &r.Sums
	switch m.Kind {
	case Provisional:
		s.Provisional += m.Amount
	case Lapse:
		s.Provisional -= m.Amount
	case Initial:
		s.Initial += m.Amount
	case CarryIn:
		s.CarriedIn += m.Amount
	case CarryOut:
		s.CarriedOut += m.Amount
	case Addition:
		s.Added += m.Amount
	case Reduction:
		s.Reduced += m.Amount
	case TransferIn:
		s.Moved += m.Amount
	case TransferOut:
		s.Moved -= m.Amount
	case Freeze:
		s.Frozen += m.Amount
	case Unfreeze:
		s.Frozen -= m.Amount
	case Recall:
		s.Recalled += m.Amount
	case Holding:
		s.Held += m.Amount
	case Releasing:
		s.Held -= m.Amount
	case Spending:
		s.Held -= m.Amount
		s.Spent += m.Amount
	case Refunding:
		s.Refunded += m.Amount
	}
	if now := r.Available(); now != m.Available || now < 0 {
		v.flaw("指标 "+l.Number, "第 %d 笔变动后可用记为 %s 元,按明细为 %s 元", m.Seq, m.Available, now)
	}
}

// entryCount finds entries beyond the two of each move.
func (v *verifier) entryCount() error {
	var n int64
	if err := v.tx.QueryRow(`select count(*) from memorandum_entry where county_id = $1`, v.county).Scan(&n); err != nil {
		return err
	}
	if n != 2*v.moved {
		v.flaw("备查账", "备查分录 %d 条,按变动明细应为 %d 条", n, 2*v.moved)
	}
	return nil
}

// balances compares the balances with the entries, and the accounts of each line with its sums.
func (v *verifier) balances() error {
	rows, err := v.tx.Query(`select line_id, account, debit, credit from memorandum_balance where county_id = $1`, v.county)
	if err != nil {
		return err
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		var k account
		var b Balance
		if err := rows.Scan(&k.line, &k.code, &b.Debit, &b.Credit); err != nil {
			return err
		}
		want, ok := v.sums[k]
		if ok {
			found++
		}
		if b.Debit != want.Debit || b.Credit != want.Credit {
			v.flaw(fmt.Sprintf("备查账 %s", k.code), "指标 %d 的余额与分录不符", k.line)
		}
	}
	if found != len(v.sums) {
		v.flaw("备查账", "有分录的科目 %d 个没有余额", len(v.sums)-found)
	}
	for id, l := range v.lines {
		for code, want := range map[string]money.Fen{"X203": l.Available(), "X204": l.Held, "X205": l.Paid(), "X207": l.Recalled, "X208": l.CarriedOut, "X209": l.Frozen, "X107": -l.Provisional, "X106": -l.Moved} {
			b := v.sums[account{id, code}]
			if b.Debit-b.Credit != want {
				v.flaw("指标 "+l.Number, "备查科目 %s 余额 %s 元,指标为 %s 元", AccountName(code), b.Debit-b.Credit, want)
			}
		}
	}
	return rows.Err()
}

// even wants what was transferred or carried out of lines to have come into others, order by order.
func (v *verifier) even() error {
	for id, all := range v.kept {
		var moved, carried money.Fen
		for _, m := range all {
			switch m.Kind {
			case TransferIn, TransferOut:
				moved += m.Amount * money.Fen(m.Kind.Sign())
			case CarryIn, CarryOut:
				carried += m.Amount * money.Fen(m.Kind.Sign())
			}
		}
		if moved != 0 || carried != 0 {
			v.flaw("单据 "+id, "调剂或结转的转出、转入不等,相差 %s 元", (moved + carried).Abs())
		}
	}
	return nil
}

// orders compares each order with its last leaf, and what it moved with the leaf of its issuing.
func (v *verifier) orders() error {
	all, err := queryOrders(v.tx, `order by o.document_id`, v.county)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Items, err = items(v.tx, v.county, o.ID); err != nil {
			return err
		}
		leaves, err := trail.List(v.tx, v.county, o.ID)
		if err != nil {
			return err
		}
		if err := v.order(o, leaves); err != nil {
			return err
		}
		delete(v.kept, o.ID)
	}
	for id, moves := range v.kept {
		v.flaw("单据 "+id, "%d 笔指标变动没有指标单", len(moves))
	}
	return nil
}

func (v *verifier) order(o Order, leaves []trail.Row) error {
	told, issued := "", ""
	for _, r := range leaves {
		if rows := trail.RowsOf(r.Leaf); rows != "" {
			told = rows
		}
		if r.Step == "issue" || r.Step == "approve" {
			issued = r.Leaf
		}
	}
	if trail.Digest(o.rows()) != told {
		v.flaw("单据 "+o.ID, "指标单 %s 的内容与存证不符", o.Number)
	}
	made, err := v.inOrder(o)
	if err != nil {
		return err
	}
	switch {
	case (o.State == Effective) != (issued != ""), issued == "" && len(made) > 0:
		v.flaw("单据 "+o.ID, "指标单 %s 没有下达的存证,却有变动或记为已下达", o.Number)
	case issued != "" && !trail.Says(issued, "moves", trail.Digest(moveRows(made))):
		v.flaw("单据 "+o.ID, "指标单 %s 的指标变动与存证不符", o.Number)
	}
	return nil
}

// inOrder gives the moves of an order in the order in which its items made them.
func (v *verifier) inOrder(o Order) ([]Move, error) {
	byLine := map[int64][]Move{}
	for _, m := range v.kept[o.ID] {
		byLine[m.Line] = append(byLine[m.Line], m)
	}
	var made []Move
	for _, it := range o.Items {
		made = append(made, byLine[it.Line]...)
		delete(byLine, it.Line)
	}
	for _, line := range slices.Sorted(maps.Keys(byLine)) { // what fell away beside the items
		made = append(made, byLine[line]...)
	}
	return made, nil
}
