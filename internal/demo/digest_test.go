package demo_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"xiangzhang/internal/demo"
	"xiangzhang/internal/store"
)

// business are the tables that must be the same in every build; what is left out (instants, seals, salts) differs by
// nature.
var business = []string{
	`select unit_id, code, name, kind, coalesce(parent_id, 0), path from unit where county_id = $1 order by unit_id`,
	`select person_id, name, id_masked, unit_id from person where county_id = $1 order by person_id`,
	`select login_id, name, person_id from login where county_id = $1 order by login_id`,
	`select login_id, role, unit_id, valid_from from role_grant where county_id = $1 order by login_id, role, unit_id`,
	`select book_id, code, name, unit_id, chart, regime, start_period, closed_through from book where county_id = $1 order by book_id`,
	`select combination_id, chart, account, function, economic, project, fund, party from combination where county_id = $1 order by combination_id`,
	`select book_id, period, word, number, document_id, date, kind, attachments, summary, amount, coalesce(reverses, ''), maker_id, checker_id, poster_id
		from voucher where county_id = $1 order by book_id, period, word, number`,
	`select book_id, period, word, number, line, combination_id, summary, debit, credit from entry where county_id = $1
		order by book_id, period, word, number, line`,
	`select document_id, book_id, period, coalesce(number, 0), date, summary, amount, lines from voucher_draft where county_id = $1 order by document_id`,
	`select document_id, kind, state, version, ref, duties from document where county_id = $1 and kind in ('voucher', 'opening', 'month-close', 'year-close', 'budget-import')
		order by document_id`,
	`select book_id, period, combination_id, kind, debit, credit from balance where county_id = $1 order by book_id, period, combination_id, kind`,
	`select summary_id, book_id, person_id, code, words, mnemonic, version from usual_summary where county_id = $1 order by summary_id`,
	`select template_id, book_id, unit_id, chart, person_id, code, name, mnemonic, word, lines, version from voucher_template where county_id = $1
		order by template_id`,
	`select book_id, year, account, function, budget, adjusted from budget_line where county_id = $1 order by book_id, year, account, function`,
}

// digest is the SHA-256 over all business rows.
func digest(t testing.TB, db *store.DB) string {
	t.Helper()
	sum := sha256.New()
	read(t, db, func(tx *store.Tx) error {
		for _, query := range business {
			rows, err := tx.Query(query, demo.County)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			cells := make([]string, len(columns))
			into := make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			for rows.Next() {
				if err := rows.Scan(into...); err != nil {
					return err
				}
				fmt.Fprintln(sum, strings.Join(cells, "|"))
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	return hex.EncodeToString(sum.Sum(nil))
}
