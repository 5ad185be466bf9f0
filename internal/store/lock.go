package store

// A step that rests on a row, such as a voucher on the month that its book has closed through, must keep that row as
// it read it until the commit. One program needs nothing for that: its writer runs one step after another. SQLite
// needs nothing either: a second program's "begin immediate" waits. Two programs on one PostgreSQL database do, since
// each sees only what the other has committed. These two clauses are the only row locks; a step ends the select of the
// row with one of them and reads what hangs on the row afterwards.

// Keep ends a select whose rows of the table with this alias must stay as they are until the commit. Any number of
// programs may keep a row; who wants to change it waits for them.
func (tx *Tx) Keep(alias string) string { return tx.lock(" for share of ", alias) }

// Claim ends a select whose rows of the table with this alias the step will change. It waits for all who keep or claim
// them, and reads the rows as those left them.
func (tx *Tx) Claim(alias string) string { return tx.lock(" for no key update of ", alias) }

func (tx *Tx) lock(clause, alias string) string {
	tx.mustWrite()
	if tx.db.engine == SQLite {
		return ""
	}
	return clause + alias
}
