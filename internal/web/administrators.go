package web

import (
	"slices"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// administratorsPage says which of the three administrators may do what, from the route table, and who they are.
type administratorsPage struct {
	Base
	Columns []administratorColumn
	Rows    []administratorRow
}

type administratorColumn struct {
	Title string
	Duty  string
	Who   []administrator
}

type administrator struct {
	Name, Unit string
	Path       string // of the person's page, where the reader may open it
}

// administratorRow is one page or act; May is in the order of the columns.
type administratorRow struct {
	Title string
	Act   bool
	May   []bool
}

// threeAdministrators are the roles that exclude each other, with what each is for.
var threeAdministrators = []struct {
	role identity.Role
	duty string
}{
	{identity.SysAdmin, "登记单位、人员和登录名"},
	{identity.SecAdmin, "授予和收回角色、设定登录参数"},
	{identity.AuditAdmin, "查看登录记录"},
}

func showAdministrators(c *call, tx *store.Tx) (answer, error) {
	p := &administratorsPage{}
	p.Styles = []string{"admin.css"}
	root, err := org.Root(tx, c.actor.County)
	if err != nil {
		return answer{}, err
	}
	logins, err := identity.ListLogins(tx, c.actor.County, root.Path)
	if err != nil {
		return answer{}, err
	}
	for _, a := range threeAdministrators {
		column := administratorColumn{Title: a.role.Title(), Duty: a.duty}
		for _, l := range logins {
			for _, h := range l.Roles {
				if h.Role != a.role || l.DisabledAt != "" || !c.actor.Sees(h.Path) {
					continue
				}
				who := administrator{Name: l.PersonName, Unit: h.UnitName}
				if c.actor.Has(l.UnitPath, identity.PersonReaders...) {
					who.Path = personPath(l.Person)
				}
				column.Who = append(column.Who, who)
			}
		}
		p.Columns = append(p.Columns, column)
	}
	for _, rt := range routes(c.server.Config) {
		row := administratorRow{Title: rt.title, Act: rt.show == nil}
		for _, a := range threeAdministrators {
			row.May = append(row.May, slices.Contains(rt.right.roles, a.role))
		}
		known := slices.ContainsFunc(p.Rows, func(r administratorRow) bool { return r.Title == row.Title && r.Act == row.Act })
		if slices.Contains(row.May, true) && !known {
			p.Rows = append(p.Rows, row)
		}
	}
	return show("person/administrators", p)
}
