package web

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
)

// fact is a figure that an administrator looks at first, with the page behind it.
type fact struct {
	Title string
	Value string
	Note  string
	Path  string
}

// grantSoon is how many days ahead a role's end is told.
const grantSoon = 30

// signInDays is over how many days, today among them, attempts to sign in are counted.
const signInDays = 7

// facts gives each of the three administrators what there is to look after.
func (d *desk) facts(root org.Unit) ([]fact, error) {
	var out []fact
	if len(d.paths(identity.SysAdmin, identity.SecAdmin)) > 0 {
		found, err := d.peopleFacts()
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	if d.actor.Has(root.Path, identity.AuditAdmin) {
		found, err := d.signInFacts()
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// peopleFacts counts persons and logins that lack something.
func (d *desk) peopleFacts() ([]fact, error) {
	var persons, unregistered, disabled, idle, ending int
	for _, path := range d.paths(identity.SysAdmin, identity.SecAdmin) {
		all, err := identity.ListPersons(d.tx, d.actor.County, path)
		if err != nil {
			return nil, err
		}
		persons += len(all)
		for _, p := range all {
			if !p.Registered() {
				unregistered++
			}
		}
		logins, err := identity.ListLogins(d.tx, d.actor.County, path)
		if err != nil {
			return nil, err
		}
		for _, l := range logins {
			switch {
			case l.DisabledAt != "":
				disabled++
			case len(l.Roles) == 0:
				idle++
			}
			for _, r := range l.Roles {
				if r.To != "" && r.To <= d.board.today.AddDays(grantSoon) {
					ending++
				}
			}
		}
	}
	out := []fact{{"人员", fmt.Sprintf("%d 人", persons), "", "/people"}}
	if len(d.paths(identity.SysAdmin)) > 0 {
		out = append(out, fact{"未登记身份证号", fmt.Sprintf("%d 人", unregistered), "登记后才能授予业务角色", "/people"},
			fact{"已停用登录名", fmt.Sprintf("%d 个", disabled), "", "/people"})
	}
	if len(d.paths(identity.SecAdmin)) > 0 {
		out = append(out, fact{"没有角色的登录名", fmt.Sprintf("%d 个", idle), "授权后才能办理业务", "/people"},
			fact{"即将到期的授权", fmt.Sprintf("%d 项", ending), fmt.Sprintf("%d 天内", grantSoon), "/people"})
	}
	return out, nil
}

// signInFacts counts the attempts to sign in of the last days.
func (d *desk) signInFacts() ([]fact, error) {
	last := calendar.DateOf(d.tx.Now)
	all, failed, err := identity.CountSignIns(d.tx, d.actor, last.AddDays(1-signInDays), last)
	if err != nil {
		return nil, err
	}
	return []fact{
		{fmt.Sprintf("近 %d 天登录", signInDays), fmt.Sprintf("%d 次", all), "", "/sign-ins"}, {"其中失败", fmt.Sprintf("%d 次", failed), "密码错误、锁定或停用", "/sign-ins"},
	}, nil
}
