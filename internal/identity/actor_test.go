package identity_test

import (
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
)

func TestActor_HoldsRolesOverSubtrees(t *testing.T) {
	a := identity.Actor{Grants: []identity.Grant{
		{Role: identity.Accountant, Path: "/1/5/"}, {Role: identity.SysAdmin, Path: "/1/6/"}, {Role: identity.Auditor, Path: ""},
	}}
	for _, c := range []struct {
		path             string
		has, sees, reads bool
	}{
		{"/1/5/", true, true, true},
		{"/1/5/23/", true, true, true},
		{"/1/51/", false, false, false},
		{"/1/", false, false, false},
		{"/1/6/7/", false, true, false},
		{"", false, false, false},
	} {
		if got := a.Has(c.path, identity.Cashier, identity.Accountant); got != c.has {
			t.Errorf("%q: has %v", c.path, got)
		}
		if got := a.Sees(c.path); got != c.sees {
			t.Errorf("%q: sees %v", c.path, got)
		}
		if got := a.Reads(c.path); got != c.reads {
			t.Errorf("%q: reads %v", c.path, got)
		}
	}
	err := a.Require("/1/51/", "记账", identity.Accountant, identity.Cashier)
	if !fault.Is(err, fault.Forbidden) || err.Error() != "您没有记账的权限;请由该单位的会计、出纳办理,或请安全管理员授权。" {
		t.Errorf("got %v", err)
	}
}
