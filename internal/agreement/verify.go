package agreement

import (
	"fmt"

	"xiangzhang/internal/document"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/trail"
)

// Verify recomputes what statements, matches and adjustment sheets say from their rows and compares them with the leaves: no line is missing, added or
// changed, and the balance runs on from statement to statement.
func Verify(tx *store.Tx, county int64) ([]document.Flaw, error) {
	v := &verifier{tx: tx, county: county}
	for _, part := range []func() error{v.files, v.matches, v.sheets} {
		if err := part(); err != nil {
			return nil, fmt.Errorf("agreement.Verify: %w", err)
		}
	}
	return v.flaws, nil
}

type verifier struct {
	tx     *store.Tx
	county int64
	flaws  []document.Flaw
}

func (v *verifier) flaw(id, format string, args ...any) {
	v.flaws = append(v.flaws, document.Flaw{Document: id, Message: fmt.Sprintf(format, args...)})
}

func (v *verifier) files() error {
	leaves, err := document.LeavesOf(v.tx, v.county, "statement_file")
	if err != nil {
		return err
	}
	files, err := queryFiles(v.tx, `select `+fileColumns+` where county_id = $1 order by account_id, file_id`, v.county)
	if err != nil {
		return err
	}
	lines, err := v.lines()
	if err != nil {
		return err
	}
	type chain struct {
		account int64
		closing money.Fen
	}
	var last *chain
	for _, f := range files {
		made, taken := leaves[f.Document]["take"], leaves[f.Document]["withdraw"]
		if !made.By(f.Maker, f.MadeAt) || made.Rows != trail.Digest(f.rows()) || taken.At != f.Withdrawn {
			v.flaw(f.Document, "对账单「%s」与存证不符", f.Name)
		}
		own := lines[[2]int64{f.Account, f.ID}]
		delete(lines, [2]int64{f.Account, f.ID})
		if digest(own) != f.Digest || int64(len(own)) != f.Lines {
			v.flaw(f.Document, "对账单「%s」的发生额与导入时不同", f.Name)
		}
		if f.Source != Bank || f.Withdrawn != "" {
			continue
		}
		balance := f.Opening
		if last != nil && last.account == f.Account && last.closing != f.Opening {
			v.flaw(f.Document, "对账单「%s」的期初余额 %s 元不是上一份的期末余额 %s 元", f.Name, f.Opening, last.closing)
		}
		for _, l := range own {
			balance += l.Amount
			if l.Balance != balance {
				v.flaw(f.Document, "对账单「%s」第 %d 笔的余额应为 %s 元,实为 %s 元", f.Name, l.ID, balance, l.Balance)
				balance = l.Balance
			}
		}
		if balance != f.Closing {
			v.flaw(f.Document, "对账单「%s」的期末余额应为 %s 元,实为 %s 元", f.Name, balance, f.Closing)
		}
		last = &chain{f.Account, f.Closing}
	}
	for at := range lines {
		v.flaw("", "账户 %d 有不属于任何对账单的发生额", at[0])
	}
	return nil
}

// lines gives every line by account and file, in their order.
func (v *verifier) lines() (map[[2]int64][]Line, error) {
	rows, err := v.tx.Query(`select account_id, line_id, file_id, date, ref, code, amount, balance, counterparty, summary from statement_line
		where county_id = $1 order by account_id, line_id`, v.county)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[[2]int64][]Line{}
	for rows.Next() {
		var account int64
		var l Line
		if err := rows.Scan(&account, &l.ID, &l.File, &l.Date, &l.Ref, &l.Code, &l.Amount, &l.Balance, &l.Counterparty, &l.Summary); err != nil {
			return nil, err
		}
		out[[2]int64{account, l.File}] = append(out[[2]int64{account, l.File}], l)
	}
	return out, rows.Err()
}
