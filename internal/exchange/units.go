package exchange

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/sheet"
	"xiangzhang/internal/store"
)

// unitKinds are the kinds to choose from in the template.
func unitKinds() []string {
	titles := make([]string, 0, len(org.Kinds()))
	for _, k := range org.Kinds() {
		titles = append(titles, k.Title())
	}
	return titles
}

func parseUnitKind(text string) org.Kind {
	for _, k := range org.Kinds() {
		if text == k.Title() || text == string(k) {
			return k
		}
	}
	return org.Kind(text) // refused by name
}

// readUnits puts the rows into an order in which parents come first; everything else org itself checks.
func readUnits(tx *store.Tx, im *imported) (write, error) {
	if err := im.refuseRepeated(tx); err != nil {
		return nil, err
	}
	im.table.Rows = parentsFirst(im.table.Rows)
	root, err := org.Root(tx, im.by.County)
	if err != nil {
		return nil, err
	}
	return func(tx *store.Tx) error {
		if err := im.record(tx, im.fileID(), root.ID, root.Path); err != nil {
			return err
		}
		failed := map[string]bool{} // codes of rows that were refused: those below them are not refused once more
		return im.eachRow(tx, func(_ int, row sheet.Row) (string, error) {
			column, err := im.writeUnit(tx, root, row, failed)
			if err != nil {
				failed[row.Get("code")] = true
			}
			return column, err
		})
	}, nil
}

func (im *imported) writeUnit(tx *store.Tx, root org.Unit, row sheet.Row, failed map[string]bool) (column string, err error) {
	n := org.NewUnit{Code: row.Get("code"), Name: row.Get("name"), Kind: parseUnitKind(row.Get("kind"))}
	parent := root
	if code := row.Get("parent"); code != "" {
		if failed[code] {
			return "parent", fault.Newf(fault.Invalid, "unit-parent-refused", "请先改正上级单位所在的行", "上级单位「%s」本身有误", code)
		}
		if parent, err = org.ByCode(tx, im.by.County, code); err != nil {
			return "parent", err
		}
	}
	if err := im.by.Require(parent.Path, "登记单位", identity.SysAdmin); err != nil {
		return "parent", err
	}
	n.Parent, n.From = parent.ID, parent.From
	if text := row.Get("from"); text != "" {
		if n.From, err = calendar.ParseDate(text); err != nil {
			return "from", err
		}
	}
	if text := row.Get("to"); text != "" {
		if n.To, err = calendar.ParseDate(text); err != nil {
			return "to", err
		}
	}
	_, err = org.Create(tx, im.by.County, n)
	return "code", err
}

// parentsFirst sorts the rows so that no row comes before the one that holds its parent; else the file's order stays.
// Rows of a circle stay at the end, where org refuses them for want of a parent.
func parentsFirst(rows []sheet.Row) []sheet.Row {
	inFile := map[string]bool{}
	for _, r := range rows {
		inFile[r.Get("code")] = true
	}
	out := make([]sheet.Row, 0, len(rows))
	placed := map[string]bool{}
	for rest := rows; len(rest) > 0; {
		var later []sheet.Row
		for _, r := range rest {
			if p := r.Get("parent"); p != "" && inFile[p] && !placed[p] {
				later = append(later, r)
				continue
			}
			placed[r.Get("code")] = true
			out = append(out, r)
		}
		if len(later) == len(rest) {
			return append(out, later...)
		}
		rest = later
	}
	return out
}

// exportUnits gives every unit below the county that the actor may see, parents first.
func exportUnits(tx *store.Tx, by identity.Actor, _ []ledger.Book, emit emit) error {
	units, err := org.List(tx, by.County, "/", "")
	if err != nil {
		return err
	}
	codes := map[int64]string{}
	for _, u := range units {
		codes[u.ID] = u.Code
		if u.Kind == org.County || !by.Sees(u.Path) {
			continue
		}
		parent := codes[u.Parent]
		if parent == fmt.Sprint(by.County) {
			parent = "" // the county itself, whatever its code is where the file goes
		}
		err := emit(sheet.Text(u.Code), sheet.Text(u.Name), sheet.Text(parent), sheet.Text(u.Kind.Title()),
			sheet.Text(string(u.From)), sheet.Text(string(u.To)))
		if err != nil {
			return err
		}
	}
	return nil
}
