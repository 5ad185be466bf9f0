package ledger

import (
	"errors"
	"fmt"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// InstallStandards brings the official tables that ship with the program into the database. Editions that are there
// already stay as they are, and so does one that a county imported for the same year before the program had it.
func InstallStandards(tx *store.Tx) error {
	added := false
	for _, e := range standard.Editions() {
		n, err := tx.Exec(`insert into edition (edition_id, kind, title, source, status, from_year, to_year)
			select $1, $2, $3, $4, $5, cast($6 as integer), cast($7 as integer)
			where not exists (select 1 from edition where kind = $2 and from_year = $6) on conflict do nothing`,
			e.ID, e.Kind, e.Title, e.Source, e.Status, e.FromYear, yearOrNull(e.ToYear))
		if err != nil {
			return fmt.Errorf("ledger.InstallStandards %s: %w", e.ID, err)
		}
		if n == 0 {
			continue
		}
		added = true
		if e.IsChart() {
			err = installAccounts(tx, e)
		} else {
			err = installClasses(tx, e)
		}
		if err != nil {
			return fmt.Errorf("ledger.InstallStandards %s: %w", e.ID, err)
		}
	}
	if !added {
		return nil
	}
	return raiseMarks(tx)
}

// raiseMarks tells every reader that the charts of all books may have changed.
func raiseMarks(tx *store.Tx) error {
	if _, err := tx.Exec(`update book set accounts_mark = accounts_mark + 1 where county_id > 0`); err != nil {
		return fmt.Errorf("ledger: marks of charts: %w", err)
	}
	return nil
}

func yearOrNull(year int) any {
	if year == 0 {
		return nil
	}
	return year
}

func installAccounts(tx *store.Tx, e standard.Edition) error {
	accounts, err := standard.Accounts(e.ID)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		dims, err := standard.Dimensions(e.ID, a.Code)
		if err != nil {
			return err
		}
		requires := make([]Requirement, len(dims))
		for i, d := range dims {
			requires[i] = Requirement{Dimension: Dimension(d.Name), Required: d.Required, MinLength: d.MinLen, Values: d.Values}
		}
		err = insertEditionAccount(tx, e.ID, Account{
			Code: a.Code, Name: a.Name, Parent: a.Parent, Half: Half(a.Half), Element: a.Element, Direction: int64(a.Direction),
			AppliesTo: a.AppliesTo, Requires: requires, Mnemonic: standard.Mnemonic(a.Name), Confirmed: a.Verified == "yes",
		}, a.Source)
		if err != nil {
			return err
		}
	}
	return nil
}

func insertEditionAccount(tx *store.Tx, edition string, a Account, source string) error {
	_, err := tx.Exec(`insert into edition_account (edition_id, code, name, parent, half, element, direction, applies_to,
		dimensions, mnemonic, confirmed, source) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		edition, a.Code, a.Name, a.Parent, string(a.Half), a.Element, a.Direction, a.AppliesTo,
		formatRequirements(a.Requires), a.Mnemonic, a.Confirmed, source)
	return err
}

func installClasses(tx *store.Tx, e standard.Edition) error {
	classes, err := standard.Classes(e.ID)
	if err != nil {
		return err
	}
	for _, c := range classes {
		_, err := tx.Exec(`insert into edition_class (edition_id, code, name, level, parent, mnemonic, confirmed, source)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			e.ID, c.Code, c.Name, c.Level, c.Parent, standard.Mnemonic(c.Name), c.Verified == "yes", c.Source)
		if err != nil {
			return err
		}
	}
	return nil
}

// Edition is one issue of an official table as the database holds it.
type Edition struct {
	ID       string
	Kind     string
	Title    string
	Source   string
	Status   string // current or superseded
	FromYear int
	ToYear   int // 0: still in force
}

// Editions lists the official tables.
func Editions(tx *store.Tx) ([]Edition, error) {
	rows, err := tx.Query(`select edition_id, kind, title, source, status, from_year, coalesce(to_year, 0)
		from edition order by kind, from_year`)
	if err != nil {
		return nil, fmt.Errorf("ledger.Editions: %w", err)
	}
	defer rows.Close()
	var out []Edition
	for rows.Next() {
		var e Edition
		if err := rows.Scan(&e.ID, &e.Kind, &e.Title, &e.Source, &e.Status, &e.FromYear, &e.ToYear); err != nil {
			return nil, fmt.Errorf("ledger.Editions: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// editionFor picks the newest edition of a kind that had begun by a year, or the oldest where none had: a
// classification is amended every year and ships from one year only.
func editionFor(tx *store.Tx, kind string, year int) (string, error) {
	var id string
	err := tx.QueryRow(`select edition_id from edition where kind = $1
		order by case when from_year <= $2 then 0 else 1 end, case when from_year <= $2 then -from_year else from_year end,
			edition_id limit 1`, kind, year).Scan(&id)
	if errors.Is(err, store.ErrNoRows) {
		return "", fault.Newf(fault.NotFound, "edition-missing", "请先导入科目表", "%d 年没有可用的「%s」", year, kind)
	}
	if err != nil {
		return "", fmt.Errorf("ledger: edition of %s for %d: %w", kind, year, err)
	}
	return id, nil
}

// NewEdition is an official table that the county imports: next year's chart of accounts or classification.
type NewEdition struct {
	ID       string
	Kind     string // a chart, or function, economic, economic-government, revenue, fund
	Title    string
	Source   string // document number
	FromYear int
	Accounts []Account // of a chart
	Classes  []Class   // of a classification
}

// ImportEdition adds an edition. A book takes a new chart from its first year on and stays on the chart of a year that
// it has begun; a classification is that of the voucher's year.
func ImportEdition(tx *store.Tx, n NewEdition) error {
	if err := yearIsFree(tx, n); err != nil {
		return err
	}
	if err := ownAccountsStay(tx, n); err != nil {
		return err
	}
	_, err := tx.Exec(`insert into edition (edition_id, kind, title, source, status, from_year) values ($1, $2, $3, $4, 'current', $5)`,
		n.ID, n.Kind, n.Title, n.Source, n.FromYear)
	if store.IsUnique(err) {
		return fault.Newf(fault.Conflict, "edition-taken", "请换一个版本编号", "版本「%s」已存在", n.ID)
	}
	if err != nil {
		return fmt.Errorf("ledger.ImportEdition %s: %w", n.ID, err)
	}
	for _, a := range n.Accounts {
		a.Mnemonic, a.Confirmed = standard.Mnemonic(a.Name), true
		if err := insertEditionAccount(tx, n.ID, a, n.Source); err != nil {
			return fmt.Errorf("ledger.ImportEdition %s: account %s: %w", n.ID, a.Code, err)
		}
	}
	for _, c := range n.Classes {
		_, err := tx.Exec(`insert into edition_class (edition_id, code, name, level, parent, mnemonic, confirmed, source)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, n.ID, c.Code, c.Name, levelOf(c.Code), c.Parent, standard.Mnemonic(c.Name), true, n.Source)
		if err != nil {
			return fmt.Errorf("ledger.ImportEdition %s: class %s: %w", n.ID, c.Code, err)
		}
	}
	return raiseMarks(tx)
}

// yearIsFree refuses a second edition of a kind from one year: books could use only one of them.
func yearIsFree(tx *store.Tx, n NewEdition) error {
	var id string
	err := tx.QueryRow(`select edition_id from edition where kind = $1 and from_year = $2 and edition_id <> $3
		order by edition_id limit 1`, n.Kind, n.FromYear, n.ID).Scan(&id)
	if errors.Is(err, store.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("ledger.ImportEdition %s: %w", n.ID, err)
	}
	return fault.Newf(fault.Conflict, "edition-year-taken", "请核对启用年度", "「%s」自 %d 年起已有版本「%s」,不能再导入一个", n.Kind, n.FromYear, id)
}

// ownAccountsStay refuses a chart in which an official account has the code of one that a county or a book has added:
// what was posted on the one would stand on the other.
func ownAccountsStay(tx *store.Tx, n NewEdition) error {
	official := map[string]bool{}
	for _, a := range n.Accounts {
		official[a.Code] = true
	}
	rows, err := tx.Query(`select distinct code, name from account where county_id > 0 and chart = $1
		and (to_year is null or to_year >= $2) order by code, name`, n.Kind, n.FromYear)
	if err != nil {
		return fmt.Errorf("ledger.ImportEdition %s: %w", n.ID, err)
	}
	defer rows.Close()
	var taken []string
	for rows.Next() {
		var code, name string
		if err := rows.Scan(&code, &name); err != nil {
			return fmt.Errorf("ledger.ImportEdition %s: %w", n.ID, err)
		}
		if official[code] {
			taken = append(taken, code+" "+name)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ledger.ImportEdition %s: %w", n.ID, err)
	}
	if len(taken) == 0 {
		return nil
	}
	return fault.Newf(fault.Conflict, "edition-own-account", "请与发布单位核对这些科目的编码,改用不同的编码后再导入",
		"新版科目与本地自设的 %d 个科目编码相同:%s", len(taken), strings.Join(taken[:min(len(taken), 10)], "、"))
}

// levelOf names a class's level by the length of its code (政府收支分类科目).
func levelOf(code string) string {
	switch {
	case len(code) <= 3:
		return "类"
	case len(code) <= 5:
		return "款"
	case len(code) <= 7:
		return "项"
	default:
		return "目"
	}
}
