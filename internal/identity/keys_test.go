package identity_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
)

func newKeys(t *testing.T, counties ...int64) (*identity.Keys, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "keys")
	keys, err := identity.LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counties {
		if err := keys.Create(c); err != nil {
			t.Fatal(err)
		}
	}
	return keys, dir
}

func TestKeys_SealIsBoundToWhomItIsOf(t *testing.T) {
	keys, _ := newKeys(t, qinglan, bailing)
	const plain = "11010519491231002X"
	sealed, err := keys.Seal(qinglan, 12, "id", plain)
	if err != nil || strings.Contains(sealed, plain) {
		t.Fatalf("sealed as %q, %v", sealed, err)
	}
	again, err := keys.Seal(qinglan, 12, "id", plain)
	if err != nil || again == sealed {
		t.Errorf("two seals of one number are the same: %v", err)
	}
	if got, err := keys.Open(qinglan, 12, "id", sealed); err != nil || got != plain {
		t.Errorf("opened as %q, %v", got, err)
	}
	broken := []byte(sealed)
	broken[len(broken)-3] ^= 1
	for name, open := range map[string]func() (string, error){
		"another person": func() (string, error) { return keys.Open(qinglan, 13, "id", sealed) },
		"another county": func() (string, error) { return keys.Open(bailing, 12, "id", sealed) },
		"another field":  func() (string, error) { return keys.Open(qinglan, 12, "card", sealed) },
		"changed":        func() (string, error) { return keys.Open(qinglan, 12, "id", string(broken)) },
		"cut":            func() (string, error) { return keys.Open(qinglan, 12, "id", sealed[:10]) },
		"unsealed":       func() (string, error) { return keys.Open(qinglan, 12, "id", plain) },
		"empty":          func() (string, error) { return keys.Open(qinglan, 12, "id", "") },
	} {
		if got, err := open(); !fault.HasCode(err, "seal-broken") || got != "" {
			t.Errorf("%s opens as %q, %v", name, got, err)
		}
	}
}

func TestKeys_HashDiffersByCountyAndField(t *testing.T) {
	keys, dir := newKeys(t, qinglan, bailing)
	seen := map[string]bool{}
	for _, county := range []int64{qinglan, bailing} {
		for _, field := range []string{"id", "card"} {
			h, err := keys.Hash(county, field, "11010519491231002X")
			if err != nil || len(h) != 64 || seen[h] {
				t.Errorf("hash %q, %v", h, err)
			}
			seen[h] = true
		}
	}
	loaded, err := identity.LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	h, err := loaded.Hash(qinglan, "id", "11010519491231002X")
	if err != nil || !seen[h] {
		t.Errorf("after loading the hash is another: %v", err)
	}
}

func TestKeys_FilesAreKept(t *testing.T) {
	keys, dir := newKeys(t, qinglan)
	file := filepath.Join(dir, "county-990001.key")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() != 32 || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("key file of %d bytes, %v", info.Size(), info.Mode())
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other, err := identity.LoadKeys(dir) // as another process would
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []*identity.Keys{keys, other} {
		if err := k.Create(qinglan); err != nil {
			t.Fatal(err)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || string(after) != string(before) {
		t.Errorf("a key was replaced: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	if err := os.WriteFile(file, before[:31], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := identity.LoadKeys(dir); !fault.HasCode(err, "key-damaged") {
		t.Errorf("a cut key: %v", err)
	}
}

func TestKeys_MissingLocks(t *testing.T) {
	keys, _ := newKeys(t, qinglan)
	_, err := keys.Hash(bailing, "id", "x")
	if !fault.HasCode(err, "keys-missing") || err.Error() != "没有 990002 县的密钥,身份证号处于锁定状态;请把该县的密钥文件放回密钥目录后重新启动程序。" {
		t.Errorf("got %v", err)
	}
	var none *identity.Keys
	if _, err := none.Seal(qinglan, 1, "id", "x"); !fault.HasCode(err, "keys-missing") {
		t.Errorf("got %v", err)
	}
}
