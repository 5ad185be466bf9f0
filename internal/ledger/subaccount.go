package ledger

import (
	"fmt"
	"strings"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
	"xiangzhang/internal/text"
	"xiangzhang/internal/trail"
)

// inherit marks an account that takes its parent's dimensions.
const inherit = "inherit"

// NewAccount is an account below the official ones.
type NewAccount struct {
	Chart      ChartName
	Book       int64 // 0: for every book of the chart in the county
	Code       string
	Name       string
	Parent     string
	Dimensions string // as "function!7=function,party!"; empty: as the parent's
	FromYear   int
}

// AddAccount adds an account below an existing one. The first level is fixed by the edition. A parent that has taken
// entries keeps them, so it can get no detail accounts any more.
func AddAccount(tx *store.Tx, county int64, n NewAccount) error {
	n.Code, n.Name = strings.TrimSpace(n.Code), strings.TrimSpace(n.Name)
	if n.Name == "" {
		return fault.New(fault.Invalid, "account-unnamed", "科目没有名称", "请填写科目名称").In("name")
	}
	if err := text.Check("name", "科目名称", n.Name, nameMost); err != nil {
		return err
	}
	if n.Parent == "" || !strings.HasPrefix(n.Code, n.Parent) || len(n.Code) <= len(n.Parent) {
		return fault.Newf(fault.Refused, "account-level-one", "请在已有科目之下增设明细科目,编码以上级编码开头",
			"一级科目由财政部统一规定,不能增设「%s %s」", n.Code, n.Name).In("code")
	}
	if strings.Trim(n.Code, "0123456789") != "" || len(n.Code) > 20 {
		return fault.Newf(fault.Invalid, "account-code", "请用数字编码,不超过 20 位", "科目编码「%s」不合规则", n.Code).In("code")
	}
	if carryTarget(n.Chart, n.Parent) {
		return fault.Newf(fault.Refused, "account-carry-target", "请改在其他科目之下增设,或用辅助核算区分",
			"科目 %s 由年终结转直接记账,不能增设明细科目", n.Parent).In("parent")
	}
	dims := inherit
	if n.Dimensions != "" {
		rs, err := ParseRequirements(n.Dimensions)
		if err != nil {
			return err
		}
		dims = formatRequirements(rs)
	}
	// The mark goes up before the parent is looked at: whoever is writing into these books is waited for.
	_, err := tx.Exec(`update book set accounts_mark = accounts_mark + 1
		where county_id = $1 and chart = $2 and ($3 = 0 or book_id = $3)`, county, string(n.Chart), n.Book)
	if err != nil {
		return fmt.Errorf("ledger.AddAccount %s: %w", n.Code, err)
	}
	if err := parentTakesDetail(tx, county, n); err != nil {
		return err
	}
	if err := parentIsDone(tx, county, n); err != nil {
		return err
	}
	_, err = tx.Exec(`insert into account (county_id, chart, book_id, code, name, parent, dimensions, mnemonic, from_year)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		county, string(n.Chart), n.Book, n.Code, n.Name, n.Parent, dims, standard.Mnemonic(n.Name), n.FromYear)
	if store.IsUnique(err) {
		return accountTaken(n)
	}
	if err != nil {
		return fmt.Errorf("ledger.AddAccount %s: %w", n.Code, err)
	}
	return nil
}

// OpenAccount adds a detail account of one book on a person's word, and keeps who did it in the trail. Those who enter
// vouchers into the book may.
func OpenAccount(tx *store.Tx, by identity.Actor, b Book, n NewAccount) error {
	if err := by.Require(b.Path, "增设明细科目", VoucherKind.Step("enter").Roles...); err != nil {
		return err
	}
	if err := by.NewWork(b.Path, VoucherKind.Step("enter").Roles...); err != nil {
		return err
	}
	n.Chart, n.Book = b.Chart, b.ID
	if err := AddAccount(tx, b.County, n); err != nil {
		return err
	}
	document := fmt.Sprintf("accounts-%d", b.ID)
	version, err := org.NextID(tx, b.County, "trail:"+document)
	if err != nil {
		return err
	}
	return trail.Append(tx, trail.Step{
		County: b.County, Document: document, Version: version, Kind: "accounts", Step: "account-opened",
		Actors: []trail.Actor{{Person: by.Person}}, Facts: map[string]string{"code": n.Code, "name": n.Name, "parent": n.Parent},
	})
}

func accountTaken(n NewAccount) error {
	return fault.Newf(fault.Conflict, "account-taken", "请换一个编码", "科目编码「%s」已被使用", n.Code).In("code")
}

// parentTakesDetail checks that the code is free and the parent exists and has no entries, in every book concerned.
func parentTakesDetail(tx *store.Tx, county int64, n NewAccount) error {
	if err := tx.Settle(); err != nil {
		return err
	}
	edition, err := editionFor(tx, string(n.Chart), n.FromYear)
	if err != nil {
		return err
	}
	var official, own int
	err = tx.QueryRow(`select count(*) from edition_account where edition_id = $1 and code = $2`, edition, n.Code).Scan(&official)
	if err == nil {
		err = tx.QueryRow(`select count(*) from account where county_id = $1 and chart = $2 and code = $3
			and (book_id = 0 or $4 = 0 or book_id = $4)`, county, string(n.Chart), n.Code, n.Book).Scan(&own)
	}
	if err != nil {
		return fmt.Errorf("ledger: account %s: %w", n.Code, err)
	}
	if official+own > 0 {
		return accountTaken(n)
	}
	err = tx.QueryRow(`select (select count(*) from edition_account where edition_id = $1 and code = $2) +
		(select count(*) from account where county_id = $3 and chart = $4 and code = $2 and book_id in (0, $5))`,
		edition, n.Parent, county, string(n.Chart), n.Book).Scan(&official)
	if err != nil {
		return fmt.Errorf("ledger: account %s: %w", n.Parent, err)
	}
	if official == 0 {
		return fault.Newf(fault.Invalid, "account-parent-unknown", "请先增设上级科目", "没有上级科目「%s」", n.Parent).In("parent")
	}
	var used int
	err = tx.QueryRow(`select count(*) from (select 1 from balance b
		join combination c on c.county_id = b.county_id and c.combination_id = b.combination_id
		where b.county_id = $1 and c.chart = $2 and c.account = $3 and ($4 = 0 or b.book_id = $4) limit 1) as used`,
		county, string(n.Chart), n.Parent, n.Book).Scan(&used)
	if err != nil {
		return fmt.Errorf("ledger: account %s: %w", n.Parent, err)
	}
	if used > 0 {
		return fault.Newf(fault.Refused, "account-parent-used", "请在其他科目之下增设,或于下年初启用新科目并结转",
			"科目 %s 已有余额或发生额,不能再增设明细科目", n.Parent).In("parent")
	}
	return nil
}

// parentIsDone refuses a detail account from a year on while its parent still takes entries in an earlier year that is
// open: what is posted there could not be carried into the year in which it takes none, nor moved to the detail account,
// which the earlier year does not have.
func parentIsDone(tx *store.Tx, county int64, n NewAccount) error {
	rows, err := tx.Query(`select `+bookColumns+bookTables+`where b.county_id = $1 and b.chart = $2 and ($3 = 0 or b.book_id = $3)
		and b.closed_through < $4 order by b.closed_through, b.code`, county, string(n.Chart), n.Book, string(calendar.PeriodOf(n.FromYear-1, 12)))
	if err != nil {
		return fmt.Errorf("ledger: account %s: %w", n.Code, err)
	}
	defer rows.Close()
	var open []Book
	for rows.Next() {
		b, err := scanBook(tx, rows)
		if err != nil {
			return fmt.Errorf("ledger: account %s: %w", n.Code, err)
		}
		if !b.Ended() {
			open = append(open, b)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("ledger: account %s: %w", n.Code, err)
	}
	for _, b := range open {
		for year := b.OldestOpen().Year(); year < n.FromYear; year++ {
			chart, err := ChartOf(tx, b, year)
			if err != nil {
				return err
			}
			if _, err := chart.Postable(b, n.Parent); err == nil {
				return fault.Newf(fault.Refused, "account-year-open", fmt.Sprintf("请自 %d 年起增设,或先结转 %d 年", year, n.FromYear-1),
					"账套%s的 %d 年还未结账,科目 %s 当年仍可记账,不能自 %d 年起增设明细科目", b.Name, year, n.Parent, n.FromYear).In("from_year")
			}
		}
	}
	return nil
}
