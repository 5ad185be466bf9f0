package house_test

import (
	"xiangzhang/internal/document"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/store"
	"xiangzhang/internal/usual"
)

// usualFaults are what is wrong with a usual voucher, with the answers to what it asks, or with a summary.
var usualFaults = map[string]func(w *town, tx *store.Tx) error{
	"formula-malformed":       formula("=工资*", ""),
	"formula-empty":           formula("=", ""),
	"formula-number":          formula("=1..5*工资", ""),
	"formula-name":            formula("=工资乘以百分之八再减去个人部分", ""),
	"formula-line":            formula("=第一行*2", ""),
	"formula-line-unknown":    formula("=第7行", ""),
	"formula-line-empty":      formula("=第2行", ""),
	"formula-cycle":           formula("=借方合计*2", ""),
	"formula-divided-by-zero": formula("=100/人数", "0"),
	"quantity-missing":        formula("=工资*8%", " "),
	"quantity-malformed":      formula("=工资*8%", "三万二"),
	"template-office": func(w *town, tx *store.Tx) error {
		office, _ := usual.Office(w.village)
		clerk := identity.Actor{County: faultCounty, Login: 15, Person: 15, Grants: []identity.Grant{{Role: identity.Accountant, Path: w.village.Path}}}
		_, err := usual.Keep(tx, clerk, w.village.ID, usual.Template{ID: document.NewID(), Unit: office, Name: "收承包费", Lines: []usual.Line{{Account: "102"}}})
		return err
	},
	"summary-taken": func(w *town, tx *store.Tx) error {
		for _, words := range []string{"付办公用品款", "付水电费"} {
			s := usual.Summary{ID: document.NewID(), Book: w.office.ID, Code: "01", Words: words}
			if err := usual.KeepSummary(tx, w.accountant, s); err != nil {
				return err
			}
		}
		return nil
	},
}

// formula uses a usual voucher of two lines, the first with the formula, with one answer to all that it asks.
func formula(text, answer string) func(w *town, tx *store.Tx) error {
	return func(*town, *store.Tx) error {
		t := usual.Template{Lines: []usual.Line{{Debit: text}, {}}}
		typed := map[string]string{}
		for _, name := range t.Asks() {
			typed[name] = answer
		}
		_, err := t.Fill(typed)
		return err
	}
}
