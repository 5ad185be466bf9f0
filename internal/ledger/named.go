package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"xiangzhang/internal/fault"
)

// Named gives the accounts that typed text means, where Find offers all that a person may be looking for: the one whose
// code it is or begins with ("1002 银行存款", as lists offer it), else those whose name, name with the names above it, or
// pinyin initials it is, among the accounts that take entries of the book in the half. half "" stands for both, a book
// without a regime for any. One account is what was meant; of several a person chooses.
func (c *Chart) Named(b Book, half Half, typed string) []*Account {
	typed = strings.TrimSpace(typed)
	first, _, _ := strings.Cut(typed, " ")
	if a, ok := c.accounts[first]; ok {
		return []*Account{a}
	}
	if typed == "" {
		return nil
	}
	var found []*Account
	for _, a := range c.Accounts() {
		if !a.Leaf || b.Regime != "" && !c.takesEntries(b, a) || half != "" && a.Half != half {
			continue
		}
		if a.Name == typed || a.FullName == typed || strings.EqualFold(a.Mnemonic, typed) {
			found = append(found, a)
		}
	}
	return found
}

// NamedClasses gives the classes that typed text means, of the classifications from which the chart's accounts take a
// dimension: the one whose code it is or begins with, else those whose name or initials it is. A class that is too short
// for every account that takes it is none.
func (c *Chart) NamedClasses(d Dimension, typed string) []Class {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil
	}
	shortest := map[string]int{}
	for _, a := range c.accounts {
		for _, r := range a.Requires {
			if n, known := shortest[r.Values]; r.Dimension == d && r.Values != "" && (!known || r.MinLength < n) {
				shortest[r.Values] = r.MinLength
			}
		}
	}
	first, _, _ := strings.Cut(typed, " ")
	var found []Class
	for _, kind := range slices.Sorted(maps.Keys(shortest)) {
		if class, ok := c.Class(kind, first); ok {
			return []Class{class}
		}
		for _, class := range c.Classes(kind) {
			if len(class.Code) >= shortest[kind] && (class.Name == typed || strings.EqualFold(class.Mnemonic, typed)) {
				found = append(found, class)
			}
		}
	}
	return found
}

// candidatesMost is how many candidates a refusal names: of one name, or beneath one account.
const candidatesMost = 5

// accountUnknown refuses text that is no account's code: there is none, or it names none, or several.
func (c *Chart) accountUnknown(b Book, typed string) error {
	if typed == "" {
		return fault.New(fault.Invalid, "account-missing", "没有填科目", "请选择科目,或删去本行").In("account")
	}
	if found := c.Named(b, "", typed); len(found) > 1 {
		names := make([]string, len(found))
		for i, a := range found {
			names[i] = a.Code + " " + a.FullName
		}
		return several("account", "account-ambiguous", "科目", typed, names)
	}
	return fault.Newf(fault.Invalid, "account-unknown", "请按编码、名称或拼音首字母选择科目",
		"账套%s的 %d 年科目表中没有科目「%s」", b.Name, c.Year, typed).In("account")
}

// notLeaf refuses an account that has accounts beneath it, with the first of those that take the book's entries.
func (c *Chart) notLeaf(b Book, a *Account) error {
	var beneath []string
	for _, code := range c.codes {
		if l := c.accounts[code]; c.takesEntries(b, l) && c.under(l, a.Code) {
			beneath = append(beneath, l.Code+" "+l.Name)
		}
	}
	hint := "请选择它的明细科目"
	if n := len(beneath); n > candidatesMost {
		hint += fmt.Sprintf(":%s等 %d 个", strings.Join(beneath[:candidatesMost], "、"), n)
	} else if n > 0 {
		hint += ":" + strings.Join(beneath, "、")
	}
	return fault.Newf(fault.Invalid, "account-not-leaf", hint, "科目 %s %s 设有明细科目,不能直接记账", a.Code, a.Name).In("account")
}

// under tells whether an account stands beneath another, at any depth.
func (c *Chart) under(a *Account, above string) bool {
	for up, ok := c.accounts[a.Parent]; ok; up, ok = c.accounts[up.Parent] {
		if up.Code == above {
			return true
		}
	}
	return false
}

// classUnknown refuses text that is no class's code.
func (c *Chart) classUnknown(d Dimension, typed string) error {
	if found := c.NamedClasses(d, typed); len(found) > 1 {
		names := make([]string, len(found))
		for i, class := range found {
			names[i] = class.Code + " " + class.Name
		}
		return several(string(d), "class-ambiguous", d.Title(), typed, names)
	}
	return fault.Newf(fault.Invalid, "dimension-value-unknown", "请从当年分类中选择,或由县里导入新版分类",
		"%d 年%s中没有「%s」", c.Year, d.Title(), typed).In(string(d))
}

// several refuses text that names several accounts or classes, with the first of them.
func several(field, code, title, typed string, names []string) error {
	more := ""
	if len(names) > candidatesMost {
		more = "等"
	}
	return fault.Newf(fault.Invalid, code, "请填其中一个的编码", "「%s」对应 %d 个%s:%s%s",
		typed, len(names), title, strings.Join(names[:min(len(names), candidatesMost)], "、"), more).In(field)
}
