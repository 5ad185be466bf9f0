package setup

import (
	"fmt"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
)

// Stage is how far a new county has come.
type Stage string

// Stages in their order.
const (
	People   Stage = "people"   // nobody but the administrators is registered
	Roles    Stage = "roles"    // nobody keeps books yet
	Books    Stage = "books"    // there are none
	Openings Stage = "openings" // a book lacks the balances that it starts with
	Vouchers Stage = "vouchers" // none is posted
	Running  Stage = "running"
)

// Stages gives all of them but the last, in their order.
func Stages() []Stage { return []Stage{People, Roles, Books, Openings, Vouchers} }

// Who may take the county past a stage.
func (s Stage) Who() []identity.Role {
	switch s {
	case People:
		return []identity.Role{identity.SysAdmin}
	case Roles:
		return []identity.Role{identity.SecAdmin}
	case Books:
		return []identity.Role{identity.OfficeHead, identity.CountyTreasury}
	default:
		return ledger.VoucherKind.Step("enter").Roles
	}
}

// StageOf tells what a county lacks first. Once a voucher is posted it runs, whatever else is missing.
func StageOf(tx *store.Tx, county int64) (Stage, error) {
	var people, makers int64
	var books, lacking, vouchers bool
	err := tx.QueryRow(`select exists (select 1 from voucher where county_id = $1),
		(select count(*) from person where county_id = $1),
		(select count(*) from role_grant where county_id = $1 and role in ('accountant', 'village-clerk', 'office-head', 'county-treasury')),
		exists (select 1 from book where county_id = $1), exists (select 1 from book b where b.county_id = $1
			and not exists (select 1 from balance where county_id = $1 and book_id = b.book_id))`, county).
		Scan(&vouchers, &people, &makers, &books, &lacking)
	if err != nil {
		return "", fmt.Errorf("setup.StageOf %d: %w", county, err)
	}
	switch {
	case vouchers:
		return Running, nil
	case people <= int64(len(identity.Administrators())):
		return People, nil
	case makers == 0:
		return Roles, nil
	case !books:
		return Books, nil
	case lacking:
		return Openings, nil
	}
	return Vouchers, nil
}
