package exchange

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// oneTime is the one-time password of a row's login. Hashes take tens of milliseconds each, so they are made before the
// step.
type oneTime struct {
	plain string
	hash  identity.PasswordHash
}

// readPersons takes persons, their logins and roles. A person who is known by his number gets a further login.
func readPersons(tx *store.Tx, im *imported) (write, error) {
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	root, err := org.Root(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	passwords := make([]oneTime, len(im.table.Rows))
	im.prepare = func(ctx context.Context) error { return makePasswords(ctx, im.table.Rows, passwords) }
	return func(tx *store.Tx) error {
		im.result.Logins = nil
		if err := im.record(tx, im.fileID(), root.ID, root.Path); err != nil {
			return err
		}
		return im.eachCell(func(i int, c *cells) { im.writePerson(tx, c, passwords[i]) })
	}, nil
}

// makePasswords makes a password for every row with a login, two at a time, as many as identity hashes at once.
func makePasswords(ctx context.Context, rows []sheet.Row, passwords []oneTime) error {
	var work sync.WaitGroup
	var failed [2]error
	for worker := range failed {
		work.Go(func() {
			for i := worker; i < len(rows) && failed[worker] == nil; i += len(failed) {
				if rows[i].Get("login") != "" {
					passwords[i].plain, passwords[i].hash, failed[worker] = identity.OneTimePassword(ctx)
				}
			}
		})
	}
	work.Wait()
	return errors.Join(failed[:]...)
}

func (im *imported) writePerson(tx *store.Tx, c *cells, password oneTime) {
	unit, err := org.ByCode(tx, im.by.County, c.row.Get("unit"))
	c.right("unit", err)
	c.right("name", identity.CheckPersonName(c.row.Get("name")))
	c.right("id_no", im.checkNumber(tx, c.row.Get("id_no")))
	login, roles := c.row.Get("login"), im.parseRoles(tx, c)
	if login != "" {
		c.right("login", identity.CheckLoginName(tx, im.by.County, login))
	}
	if !c.good() {
		return
	}
	p, column, err := im.person(tx, c.row, unit)
	if !c.right(column, err) || login == "" {
		return
	}
	n := identity.NewLogin{Name: login, Person: p.ID, Password: password.hash, MustChange: true}
	var l identity.Login
	if im.by.Person == 0 {
		l, err = identity.BootstrapLogin(tx, im.by.County, n)
	} else {
		l, err = identity.CreateLogin(tx, im.by, n)
	}
	if !c.right("login", err) {
		return
	}
	for _, r := range roles {
		if r.unit.ID == 0 {
			r.unit = unit
		}
		if err := im.grant(tx, l, r.unit, r.role); err != nil {
			c.right("roles", inRoles(err))
		}
	}
	im.result.Logins = append(im.result.Logins, Login{Name: l.Name, Person: p.Name, Password: password.plain})
}

func (im *imported) checkNumber(tx *store.Tx, typed string) error {
	today, err := org.Today(tx, im.by.County)
	if err != nil {
		return err
	}
	_, err = identity.ParseNumber(typed, today)
	return err
}

// heldRole is a role for a unit and those below it; without a unit it is for that of the row.
type heldRole struct {
	role identity.Role
	unit org.Unit
}

// unitMark stands between a role and the code of its unit, where that is not the row's: 会计@990001101.
const unitMark = "@"

// parseRoles reads the roles of a row; every one that is unknown is noted, and one that is named twice counts once.
func (im *imported) parseRoles(tx *store.Tx, c *cells) []heldRole {
	if c.row.Get("roles") != "" && c.row.Get("login") == "" {
		c.right("roles", fault.New(fault.Invalid, "role-without-login", "没有登录名不能授予角色", "请填写登录名,或清空角色"))
	}
	var roles []heldRole
	for text := range strings.FieldsFuncSeq(c.row.Get("roles"), separatesRoles) {
		title, code, elsewhere := strings.Cut(strings.TrimSpace(text), unitMark)
		var held heldRole
		var err error
		if held.role, err = identity.ParseRole(strings.TrimSpace(title)); err != nil {
			c.right("roles", fault.As(err).In("roles"))
			continue
		}
		if elsewhere {
			if held.unit, err = org.ByCode(tx, im.by.County, strings.TrimSpace(code)); !c.right("roles", inRoles(err)) {
				continue
			}
		}
		if !slices.Contains(roles, held) {
			roles = append(roles, held)
		}
	}
	return roles
}

func inRoles(err error) error {
	if f := fault.As(err); f != nil {
		return f.In("roles")
	}
	return err
}

func separatesRoles(r rune) bool { return strings.ContainsRune(";\uff1b、,\uff0c", r) }

// person finds a person by number, or registers him.
func (im *imported) person(tx *store.Tx, row sheet.Row, unit org.Unit) (p identity.Person, column string, err error) {
	p, found, err := identity.FindByNumber(tx, im.options.Keys, im.by.County, row.Get("id_no"))
	if err != nil {
		return p, "id_no", err
	}
	if found {
		if p.Name != row.Get("name") {
			return p, "name", fault.Newf(fault.Conflict, "person-other-name", "请核对姓名和身份证号", "身份证号 %s 已登记为「%s」", p.Masked, p.Name)
		}
		return p, "", nil
	}
	n := identity.NewPerson{Name: row.Get("name"), Number: row.Get("id_no"), Unit: unit.ID}
	if im.by.Person == 0 {
		p, err = identity.BootstrapPerson(tx, im.options.Keys, im.by.County, n)
	} else {
		p, err = identity.CreatePerson(tx, im.options.Keys, im.by, n)
	}
	return p, "unit", err
}

func (im *imported) grant(tx *store.Tx, l identity.Login, unit org.Unit, role identity.Role) error {
	n := identity.NewGrant{Login: l.ID, Role: role, Unit: unit.ID}
	if im.by.Person == 0 {
		return identity.BootstrapGrant(tx, im.by.County, n)
	}
	err := identity.GrantRole(tx, im.by, n)
	if fault.HasCode(err, "role-missing") {
		return fault.New(fault.Forbidden, "roles-not-yours", "请清空角色一列再导入,登记后由安全管理员在人员页授予", "系统管理员登记人员,不能授予角色(三员分立)")
	}
	return err
}

// exportPersons gives one row per login, or per person without any, of the units whose persons the actor may see;
// identity numbers are masked.
func exportPersons(tx *store.Tx, by identity.Actor, _ []ledger.Book, emit emit) error {
	if !slices.ContainsFunc(by.Grants, func(g identity.Grant) bool { return slices.Contains(identity.PersonReaders, g.Role) }) {
		return by.Require("", "导出人员", identity.PersonReaders...)
	}
	persons, err := identity.ListPersons(tx, by.County, "/")
	if err != nil {
		return err
	}
	logins, err := identity.ListLogins(tx, by.County, "/")
	if err != nil {
		return err
	}
	byPerson := map[int64][]identity.Login{}
	for _, l := range logins {
		byPerson[l.Person] = append(byPerson[l.Person], l)
	}
	for _, p := range persons {
		if !by.Has(p.UnitPath, identity.PersonReaders...) {
			continue
		}
		unit, err := org.Get(tx, by.County, p.Unit)
		if err != nil {
			return err
		}
		row := func(login string, roles []string) error {
			return emit(sheet.Text(login), sheet.Text(p.Name), sheet.Text(p.Masked), sheet.Text(unit.Code), sheet.Text(strings.Join(roles, ";")))
		}
		if len(byPerson[p.ID]) == 0 {
			if err := row("", nil); err != nil {
				return err
			}
		}
		for _, l := range byPerson[p.ID] {
			roles, err := rolesOf(tx, by.County, l, p.Unit)
			if err != nil {
				return err
			}
			if err := row(l.Name, roles); err != nil {
				return err
			}
		}
	}
	return nil
}

// rolesOf writes a login's roles as an import reads them, each once; home is the unit of the row.
func rolesOf(tx *store.Tx, county int64, l identity.Login, home int64) ([]string, error) {
	var roles []string
	for _, held := range l.Roles {
		text := held.Role.Title()
		if held.Unit != home {
			unit, err := org.Get(tx, county, held.Unit)
			if err != nil {
				return nil, err
			}
			text += unitMark + unit.Code
		}
		if !slices.Contains(roles, text) {
			roles = append(roles, text)
		}
	}
	return roles, nil
}
