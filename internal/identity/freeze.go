package identity

import (
	"fmt"
	"slices"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// Freeze keeps a person's logins from new work while he hands his post over; document names the handover. It reports
// false where another handover of his is under way.
func Freeze(tx *store.Tx, county, person int64, document string) (bool, error) {
	n, err := tx.Exec(`update person set handover_id = $3 where county_id = $1 and person_id = $2 and handover_id is null`, county, person, document)
	if err != nil {
		return false, fmt.Errorf("identity.Freeze %d: %w", person, err)
	}
	return n == 1, nil
}

// Unfreeze lets a person work again.
func Unfreeze(tx *store.Tx, county, person int64) error {
	if _, err := tx.Exec(`update person set handover_id = null where county_id = $1 and person_id = $2`, county, person); err != nil {
		return fmt.Errorf("identity.Unfreeze %d: %w", person, err)
	}
	return nil
}

// AtWork reports whether a person can sign in and does not hand his own post over.
func AtWork(tx *store.Tx, county, person int64) (bool, error) {
	var n int
	err := tx.QueryRow(`select count(*) from login l join person p on p.county_id = l.county_id and p.person_id = l.person_id
		where l.county_id = $1 and l.person_id = $2 and l.disabled_at is null and p.handover_id is null`, county, person).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("identity.AtWork %d: %w", person, err)
	}
	return n > 0, nil
}

// NewWork refuses new work, which these roles may do for the unit at path, of a person who hands his post over, and of one
// who would do it in such a person's name: what is his is finished, and nothing begun.
func (a Actor) NewWork(path string, roles ...Role) error {
	if a.Frozen {
		return fault.New(fault.Refused, "handover-frozen", "您正在办理工作交接,不能新办业务", "请由接交人办理;交接取消的,请主管撤销交接后再办")
	}
	if g := a.under(path, roles...); g.For != 0 && g.Leaving {
		return fault.Newf(fault.Refused, "handover-frozen-principal", "请由接交人办理;交接取消的,请主管撤销交接后再办",
			"「%s」正在办理工作交接,您不能代其新办业务", g.ForName)
	}
	return nil
}

// EndPost ends every business role that a person holds at once: his post has been handed over. A login that is left
// without any role is disabled, until the system administrator enables it again. It returns the roles that ended. The
// caller has taken the step that allows it, and ended the delegations that the person gave or received.
func EndPost(tx *store.Tx, by Actor, person int64, reason string) ([]Held, error) {
	today, err := org.Today(tx, by.County)
	if err != nil {
		return nil, err
	}
	last := today.AddDays(-1)
	held, err := RolesOf(tx, by.County, person)
	if err != nil {
		return nil, err
	}
	var ended []Held
	for _, h := range held {
		if h.Role.administers() || h.To != "" && h.To <= last {
			continue
		}
		_, err := tx.Exec(`update role_grant set valid_to = $6 where county_id = $1 and login_id = $2 and role = $3 and unit_id = $4 and valid_from = $5`,
			by.County, h.Login, string(h.Role), h.Unit, string(h.From), string(last))
		if err != nil {
			return nil, fmt.Errorf("identity.EndPost %d: %w", person, err)
		}
		h.To = last
		if err := recordRole(tx, by, person, h, stepRevoke, reason); err != nil {
			return nil, err
		}
		ended = append(ended, h)
	}
	return ended, disableIdle(tx, by, person, reason)
}

// disableIdle disables the logins of a person that hold no role any more: nobody signs in for nothing.
func disableIdle(tx *store.Tx, by Actor, person int64, reason string) error {
	held, err := RolesOf(tx, by.County, person)
	if err != nil {
		return err
	}
	today, err := org.Today(tx, by.County)
	if err != nil {
		return err
	}
	logins, err := queryLogins(tx, ` and l.person_id = $2 order by l.login_id`, by.County, person)
	if err != nil {
		return fmt.Errorf("identity.EndPost %d: %w", person, err)
	}
	for _, l := range logins {
		if l.DisabledAt != "" || slices.ContainsFunc(held, func(h Held) bool { return h.Login == l.ID && (h.To == "" || h.To >= today) }) {
			continue
		}
		if err := disable(tx, by, l, reason+",没有其他角色"); err != nil {
			return err
		}
	}
	return nil
}
