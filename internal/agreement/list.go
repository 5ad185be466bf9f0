package agreement

import (
	"fmt"

	"xiangzhang/internal/bank"
	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
)

const fileColumns = `file_id, document_id, account_id, source, name, from_date, to_date, opening, closing, lines, digest, maker_id, made_at, withdrawn_at from statement_file`

func queryFiles(tx *store.Tx, q string, args ...any) ([]File, error) {
	rows, err := tx.Query(q, args...)
	if err != nil {
		return nil, fmt.Errorf("agreement: files: %w", err)
	}
	defer rows.Close()
	var out []File
	for rows.Next() {
		var f File
		if err := rows.Scan(&f.ID, &f.Document, &f.Account, &f.Source, &f.Name, &f.From, &f.To, &f.Opening, &f.Closing, &f.Lines, &f.Digest, &f.Maker, &f.MadeAt, &f.Withdrawn); err != nil {
			return nil, fmt.Errorf("agreement: files: %w", err)
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// Files gives the statements of an account in the order in which they came, withdrawn ones too.
func Files(tx *store.Tx, county, account int64) ([]File, error) {
	return queryFiles(tx, `select `+fileColumns+` where county_id = $1 and account_id = $2 order by file_id`, county, account)
}

// SeeFile gives a statement with its account.
func SeeFile(tx *store.Tx, by identity.Actor, id string) (File, bank.Account, error) {
	files, err := queryFiles(tx, `select `+fileColumns+` where county_id = $1 and document_id = $2`, by.County, id)
	if err == nil && len(files) == 0 {
		err = fault.New(fault.NotFound, "statement-unknown", "没有这份对账单", "请从账户中打开")
	}
	if err != nil {
		return File{}, bank.Account{}, err
	}
	a, err := bank.See(tx, by, files[0].Account)
	return files[0], a, err
}

// Lines gives the lines that a source said of an account from day to day, in their order; those of withdrawn statements
// are left out.
func Lines(tx *store.Tx, county, account int64, source Source, from, to calendar.Date) ([]Line, error) {
	rows, err := tx.Query(`select l.line_id, l.file_id, l.date, l.ref, l.code, l.amount, l.balance, l.counterparty, l.summary from statement_line l
		join statement_file f on f.county_id = l.county_id and f.account_id = l.account_id and f.file_id = l.file_id
		where l.county_id = $1 and l.account_id = $2 and f.source = $3 and f.withdrawn_at = '' and l.date between $4 and $5 order by l.line_id`,
		county, account, string(source), string(from), string(to))
	if err != nil {
		return nil, fmt.Errorf("agreement.Lines %d: %w", account, err)
	}
	defer rows.Close()
	var out []Line
	for rows.Next() {
		var l Line
		if err := rows.Scan(&l.ID, &l.File, &l.Date, &l.Ref, &l.Code, &l.Amount, &l.Balance, &l.Counterparty, &l.Summary); err != nil {
			return nil, fmt.Errorf("agreement.Lines %d: %w", account, err)
		}
		out = append(out, l)
	}
	return out, rows.Err()
}

// Covered gives the last day that the bank's statements of an account reach; empty where there are none.
func Covered(tx *store.Tx, county, account int64) (calendar.Date, error) {
	var to string
	err := tx.QueryRow(`select coalesce(max(to_date), '') from statement_file where county_id = $1 and account_id = $2 and source = 'bank' and withdrawn_at = ''`, county, account).Scan(&to)
	if err != nil {
		return "", fmt.Errorf("agreement.Covered %d: %w", account, err)
	}
	return calendar.Date(to), nil
}

// BankBalance gives what the bank says that an account stood at on the evening of a day.
func BankBalance(tx *store.Tx, a bank.Account, on calendar.Date) (money.Fen, error) {
	lines, err := tx.Query(`select l.balance from statement_line l
		join statement_file f on f.county_id = l.county_id and f.account_id = l.account_id and f.file_id = l.file_id
		where l.county_id = $1 and l.account_id = $2 and f.source = 'bank' and f.withdrawn_at = '' and l.date <= $3 order by l.line_id desc limit 1`, a.County, a.ID, string(on))
	if err != nil {
		return 0, fmt.Errorf("agreement.BankBalance %d: %w", a.ID, err)
	}
	defer lines.Close()
	balance := a.Opening
	for lines.Next() {
		if err := lines.Scan(&balance); err != nil {
			return 0, fmt.Errorf("agreement.BankBalance %d: %w", a.ID, err)
		}
	}
	return balance, lines.Err()
}
