package identity

import (
	"fmt"
	"slices"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// irreplaceable are the administrators without whom nobody could be given what he lacks, with what would stop.
var irreplaceable = map[Role]string{SysAdmin: "登记人员和开设登录名", SecAdmin: "授予和收回角色"}

// keepAdministrators refuses to disable a login that is the last of the county in one of its roles.
func keepAdministrators(tx *store.Tx, county int64, l Login) error {
	root, err := org.Root(tx, county)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, county)
	if err != nil {
		return err
	}
	for _, role := range []Role{SysAdmin, SecAdmin} {
		if err := keepOne(tx, county, l, role, root.ID, today, "停用"); err != nil {
			return err
		}
	}
	return nil
}

// keepOne refuses to take a role over the county from a login where from that day on no other login in use would hold
// it for as long. doing completes …后就无人能….
func keepOne(tx *store.Tx, county int64, l Login, role Role, unit int64, day calendar.Date, doing string) error {
	stops, ok := irreplaceable[role]
	if !ok {
		return nil
	}
	root, err := org.Root(tx, county)
	if err != nil || root.ID != unit { // over a part of the county the county's own administrators remain
		return err
	}
	// The county's row is locked to the end of the step, so that of two administrators each cannot remove the other.
	if _, err := tx.Exec(`update unit set name = name where county_id = $1 and unit_id = $2`, county, root.ID); err != nil {
		return fmt.Errorf("identity: administrators of county %d: %w", county, err)
	}
	held, err := queryHeld(tx, heldQuery+` join login l on l.county_id = g.county_id and l.login_id = g.login_id
		where g.county_id = $1 and g.role = $2 and g.unit_id = $3 and (g.valid_to is null or g.valid_to >= $4)
		and l.disabled_at is null and l.password_hash <> '' order by g.login_id, g.valid_from`, county, string(role), unit, string(day))
	if err != nil {
		return fmt.Errorf("identity: administrators of county %d: %w", county, err)
	}
	for _, ending := range held {
		replaces := func(h Held) bool {
			return h.Login != l.ID && h.From <= day && (h.To == "" || ending.To != "" && h.To >= ending.To)
		}
		if ending.Login == l.ID && !slices.ContainsFunc(held, replaces) {
			return fault.Newf(fault.Refused, "role-last", "请先把「"+role.Title()+"」授予另一人的登录名,再办理",
				"「%s」是全县唯一可用的「%s」,%s后就无人能%s", l.Name, role.Title(), doing, stops)
		}
	}
	return nil
}
