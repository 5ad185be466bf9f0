package demo

import (
	"cmp"
	"slices"
	"strings"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
)

// Person is somebody who can sign in to the invented county.
type Person struct {
	Login string        `json:"login"`
	Name  string        `json:"name"`
	Role  identity.Role `json:"role"`
	Title string        `json:"title"` // of the role
	Unit  string        `json:"unit"`  // that the role holds for
	First bool          `json:"first"` // the one, of the accountants two, to try a role with
}

// firstOf is how many people of a role are marked as the first to try: makers of vouchers come in pairs.
func firstOf(role identity.Role) int {
	if role == identity.Accountant {
		return 2
	}
	return 1
}

// People lists who can sign in, by role, those of the township with two years of books before the others. A person
// with one role for several units is named once, with the first of them.
func People(tx *store.Tx) ([]Person, error) {
	logins, err := identity.ListLogins(tx, County, "/")
	if err != nil {
		return nil, err
	}
	// In the order in which they were made: whoever gets a second login does not move up.
	slices.SortFunc(logins, func(a, b identity.Login) int { return cmp.Compare(a.ID, b.ID) })
	var all []Person
	for _, l := range logins {
		if l.DisabledAt != "" || len(l.Roles) == 0 {
			continue
		}
		h := l.Roles[0]
		all = append(all, Person{Login: l.Name, Name: l.PersonName, Role: h.Role, Title: h.Role.Title(), Unit: h.UnitName})
	}
	roles := identity.Roles()
	slices.SortStableFunc(all, func(a, b Person) int {
		return cmp.Or(cmp.Compare(slices.Index(roles, a.Role), slices.Index(roles, b.Role)), cmp.Compare(far(a), far(b)))
	})
	seen := map[identity.Role]int{}
	for i := range all {
		seen[all[i].Role]++
		all[i].First = seen[all[i].Role] <= firstOf(all[i].Role)
	}
	return all, nil
}

// far is 0 for people whom the shown township or the county itself employs, 1 for the others.
func far(p Person) int {
	for _, near := range []string{towns[0].pinyin + ".", "xian.", "sysadmin", "secadmin", "auditadmin"} {
		if strings.HasPrefix(p.Login, near) {
			return 0
		}
	}
	return 1
}
