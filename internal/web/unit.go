package web

import (
	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// unit gives the unit of the address where the person has any role over it; else it is not there.
func (c *call) unit(tx *store.Tx) (org.Unit, error) {
	id, err := c.id("unit")
	if err != nil {
		return org.Unit{}, err
	}
	u, err := org.Get(tx, c.actor.County, id)
	if err != nil {
		return org.Unit{}, err
	}
	if !c.actor.Sees(u.Path) {
		return org.Unit{}, fault.Newf(fault.NotFound, "unit-unknown", "请从单位列表中选择", "没有编号为 %d 的单位", id)
	}
	return u, nil
}
