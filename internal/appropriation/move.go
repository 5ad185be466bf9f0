package appropriation

import (
	"errors"
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

// Move is one change of a line.
type Move struct {
	Line      int64
	Seq       int64
	Kind      MoveKind
	Amount    money.Fen
	Source    string // memorandum account, of moves that name one
	Document  string
	Number    string // of the document
	Date      calendar.Date
	Available money.Fen // after the move
	Maker     int64
	Checker   int64 // 0: the document's own approvals
	At        string
}

var (
	moves    = store.NewTable("appropriation_move", 3, 0, "#county_id", "#line_id", "#seq", "kind", "#amount", "source", "document_id", "number", "date", "#available", "#maker_id", "#checker_id", "at")
	entries  = store.NewTable("memorandum_entry", 4, 0, "#county_id", "#line_id", "#seq", "#part", "account", "#debit", "#credit")
	balances = store.NewTable("memorandum_balance", 3, 2, "#county_id", "#line_id", "account", "#debit", "#credit")
)

// apply moves a line by one guarded statement, and keeps the move and its two memorandum entries. m gets what it did not
// have: place, instant and what is available after it.
func apply(tx *store.Tx, county int64, m Move) (Move, error) {
	if m.Amount <= 0 || m.Amount > money.Max {
		return m, fault.Newf(fault.Invalid, "appropriation-amount", "请填大于零的金额,最多两位小数", "金额 %s 元不能办理指标", m.Amount).In("amount")
	}
	err := tx.QueryWrite(statements[m.Kind], county, m.Line, int64(m.Amount)).Scan(&m.Seq, &m.Available)
	if errors.Is(err, store.ErrNoRows) {
		l, err := Get(tx, county, m.Line)
		if err != nil {
			return m, err
		}
		return m, l.refuse(m.Kind, m.Amount)
	}
	if err != nil {
		return m, fmt.Errorf("appropriation: %s of line %d: %w", m.Kind, m.Line, err)
	}
	m.At = calendar.Instant(tx.Now)
	tx.Append(moves, county, m.Line, m.Seq, string(m.Kind), int64(m.Amount), m.Source, m.Document, m.Number, string(m.Date),
		int64(m.Available), m.Maker, m.Checker, m.At)
	debit, credit := posts(m.Kind, m.Source)
	tx.Append(entries, county, m.Line, m.Seq, int64(1), debit, int64(m.Amount), int64(0))
	tx.Append(entries, county, m.Line, m.Seq, int64(2), credit, int64(0), int64(m.Amount))
	tx.Move(balances, []any{county, m.Line, debit}, int64(m.Amount), int64(0))
	tx.Move(balances, []any{county, m.Line, credit}, int64(0), int64(m.Amount))
	return m, nil
}

// refuse says why a line cannot take a move, with the amounts and the way out; nil where it can, as it stands now.
func (l Line) refuse(kind MoveKind, amount money.Fen) error {
	if kind == Provisional && l.Initial > 0 {
		return fault.Newf(fault.Refused, "appropriation-approved", "请办理追加或调剂", "指标 %s 的预算已经批准,不再安排临时额度", l.Label())
	}
	of, has := "可用", l.Available()
	switch kind {
	case Unfreeze:
		of, has = effects[kind].of, l.Frozen
	case Releasing, Spending:
		of, has = effects[kind].of, l.Held
	case Refunding:
		of, has = effects[kind].of, l.Paid()
	case Lapse:
		has = min(has, l.Provisional, l.Adjusted()-l.Planned)
	case CarryOut, Reduction, TransferOut, Recall:
		if free := l.Adjusted() - l.Planned; amount <= has && amount > free {
			return fault.Newf(fault.Refused, "appropriation-planned", "请先调减该指标的用款计划,再办理"+kind.Title(),
				"指标 %s 已列入用款计划 %s 元,未列入计划 %s 元,本次%s %s 元,超 %s 元", l.Label(), l.Planned, free, kind.Title(), amount, amount-free).In("amount")
		}
	}
	if kind.Sign() > 0 && effects[kind].of == "" || amount <= has {
		return nil
	}
	hint := "请减少金额或先办理调剂"
	if effects[kind].of != "" {
		hint = "请核对金额"
	}
	return fault.Newf(fault.Refused, "appropriation-overdrawn", hint, "指标 %s %s %s 元,本次%s %s 元,超 %s 元",
		l.Label(), of, has, kind.Title(), amount, amount-has).In("amount")
}

const moveColumns = `line_id, seq, kind, amount, source, document_id, number, date, available, maker_id, checker_id, at`

func queryMoves(tx *store.Tx, where string, args ...any) ([]Move, error) {
	if err := tx.Settle(); err != nil {
		return nil, err
	}
	rows, err := tx.Query(`select `+moveColumns+` from appropriation_move where county_id = $1 and `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("appropriation: moves: %w", err)
	}
	defer rows.Close()
	var all []Move
	for rows.Next() {
		m, err := scanMove(rows)
		if err != nil {
			return nil, fmt.Errorf("appropriation: moves: %w", err)
		}
		all = append(all, m)
	}
	return all, rows.Err()
}

func scanMove(row interface{ Scan(...any) error }) (m Move, err error) {
	err = row.Scan(&m.Line, &m.Seq, &m.Kind, &m.Amount, &m.Source, &m.Document, &m.Number, &m.Date, &m.Available, &m.Maker, &m.Checker, &m.At)
	return m, err
}

// MovesOf gives up to most moves of a line before a place, newest first; before 0 begins with the newest.
func MovesOf(tx *store.Tx, county, line, before int64, most int) ([]Move, error) {
	if before == 0 {
		before = 1 << 62
	}
	return queryMoves(tx, `line_id = $2 and seq < $3 order by seq desc limit $4`, county, line, before, most)
}

// MovesBy gives the moves that a document made, in their order on each line.
func MovesBy(tx *store.Tx, county int64, document string) ([]Move, error) {
	return queryMoves(tx, `document_id = $2 order by line_id, seq`, county, document)
}

// Debit and Credit name the memorandum accounts of the move.
func (m Move) Debit() string  { d, _ := posts(m.Kind, m.Source); return AccountName(d) }
func (m Move) Credit() string { _, c := posts(m.Kind, m.Source); return AccountName(c) }
