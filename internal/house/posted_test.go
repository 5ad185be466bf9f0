package house_test

import (
	"regexp"
	"testing"
)

// postedWrite finds changes of the tables that are written once: a voucher, its entries and the leaf of each step are never changed and never deleted
// (docs/decisions/0002); a correction is a red-letter twin.
var postedWrite = regexp.MustCompile(`(?is)\b(update\s+(only\s+)?|delete\s+from\s+|truncate\s+(table\s+)?|replace\s+into\s+|drop\s+table\s+(if\s+exists\s+)?)(voucher|entry|trail)\b`)

// upserts change a row that is there.
var postedUpsert = regexp.MustCompile(`(?is)\binsert\s+into\s+(voucher|entry|trail)\b.*\bdo\s+update\b`)

// TestSQL_LeavesPostedRowsAlone reads every statement of the program and of its migrations. Tests tamper on purpose.
func TestSQL_LeavesPostedRowsAlone(t *testing.T) {
	tr := load(t)
	for _, p := range tr.with(".", ".sql") {
		text := stripComments(tr.read(t, p))
		if found := changesPosted(text); found != "" {
			t.Errorf("%s: %q: posted rows are never changed", p, found)
		}
	}
	for _, f := range tr.goFiles(t) {
		if f.isTest() {
			continue
		}
		for _, lit := range f.strings() {
			if found := changesPosted(lit.text); found != "" {
				t.Errorf("%s: %q: posted rows are never changed", f.at(lit.pos), found)
			}
		}
	}
}

func changesPosted(sql string) string {
	if found := postedWrite.FindString(sql); found != "" {
		return found
	}
	return postedUpsert.FindString(sql)
}

// TestChangesPosted keeps the two expressions honest.
func TestChangesPosted(t *testing.T) {
	for sql, want := range map[string]bool{
		"update voucher set note = ''":                                         true,
		"DELETE FROM\n\tentry where line = 1":                                  true,
		"update trail set leaf = ''":                                           true,
		"insert into entry (a) values (1) on conflict (a) do update set a = 2": true,
		"update voucher_draft set number = 1":                                  false,
		"delete from voucher_draft":                                            false,
		"delete from trail_salt where document_id = ''":                        false,
		"insert into voucher (a) values (1)":                                   false,
		"insert into voucher (a) values (1) on conflict do nothing":            false,
	} {
		if got := changesPosted(sql) != ""; got != want {
			t.Errorf("%q: %v, want %v", sql, got, want)
		}
	}
}
