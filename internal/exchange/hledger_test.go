package exchange_test

import (
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// TestHledger_SameBalances lets hledger add up generated books and compares every account, at the end of the closed
// year and of the open one, with the ledger's own balances.
func TestHledger_SameBalances(t *testing.T) {
	program, err := exec.LookPath("hledger")
	if err != nil {
		t.Fatal("hledger is needed by this test (apt-get install hledger)")
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		h.bring(h.accountant, exchange.Opening, "账套,科目编码,功能分类,部门经济分类,项目,资金性质,往来对象,借方金额,贷方金额\n201,102,,,,,,8000,\n201,30102,,,,,,,8000\n", h.opening())
		for _, b := range []ledger.Book{h.office, h.village, h.budget} {
			h.fill(b, 660)
			file := filepath.Join(t.TempDir(), b.Code+".journal")
			var journal bytes.Buffer
			h.read(func(tx *store.Tx) error {
				fresh, err := ledger.GetBook(tx, county, b.ID)
				if err != nil {
					return err
				}
				return exchange.Hledger(tx, &journal, fresh)
			})
			if err := os.WriteFile(file, journal.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			for year, end := range map[int]string{2025: "2026-01-01", 2026: "2027-01-01"} {
				got := balancesOf(t, program, file, end)
				want := h.leafBalances(b, year)
				for account, fen := range want {
					if got[account] != fen {
						t.Errorf("book %s, %d, %s: hledger %s, ledger %s", b.Code, year, account, got[account], fen)
					}
				}
				for account, fen := range got {
					if _, ok := want[account]; !ok {
						t.Errorf("book %s, %d, %s: hledger %s, ledger nothing", b.Code, year, account, fen)
					}
				}
				if len(want) < 10 {
					t.Errorf("book %s, %d: only %d accounts stand", b.Code, year, len(want))
				}
			}
		}
		h.verify()
	})
}

func balancesOf(t *testing.T, program, file, end string) map[string]money.Fen {
	t.Helper()
	run := exec.Command(program, "-f", file, "--strict", "balance", "--flat", "-N", "-O", "csv", "-e", end)
	run.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var problems bytes.Buffer
	run.Stderr = &problems
	out, err := run.Output()
	if err != nil {
		t.Fatalf("hledger: %v\n%s", err, problems.String())
	}
	records, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]money.Fen{}
	for _, r := range records[1:] {
		fen, err := money.Parse(strings.TrimSuffix(r[1], " CNY"))
		if err != nil {
			t.Fatalf("%v: %v", r, err)
		}
		sums[r[0][strings.LastIndexByte(r[0], ':')+1:]] = fen
	}
	return sums
}

// leafBalances gives what stands on each account at the end of a year.
func (h *hall) leafBalances(b ledger.Book, year int) map[string]money.Fen {
	h.t.Helper()
	sums := map[string]money.Fen{}
	for key, fen := range h.balances(h.db, b, year) {
		account, _, _ := strings.Cut(key, "{")
		if sums[account] += fen; sums[account] == 0 {
			delete(sums, account)
		}
	}
	return sums
}

// TestHledger_Text shows a small journal in full.
func TestHledger_Text(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHall(t, db)
		h.bring(h.accountant, exchange.Opening, "账套,科目编码,功能分类,部门经济分类,项目,资金性质,往来对象,借方金额,贷方金额\n201,102,,,,,,8000,\n201,30102,,,,,,,8000\n", h.opening())
		h.importAll(voucherHead + "201,2026-10-08,记,1,2,收承包费;水面,102,,,,,,5000,\n201,2026-10-08,记,1,2,\"收承包费,水面\",50104,,,\"西塘|东塘\",,,,5000\n")
		var journal bytes.Buffer
		h.read(func(tx *store.Tx) error { return exchange.Hledger(tx, &journal, h.village) })
		_, text, _ := strings.Cut(journal.String(), "\n2025-01-01")
		want := strings.NewReplacer("<;>", "\uff1b", "<|>", "\uff5c", "<,>", "\uff0c").Replace(` * (期初) 期初余额
    102                                  8000.00 CNY
    301:30102                           -8000.00 CNY


2026-10-08 * (记-0001) 收承包费<;>水面
    ; period:2026-10, attachments:2
    102                                  5000.00 CNY  ; summary:收承包费<;>水面
    501:50104                           -5000.00 CNY  ; project:西塘<|>东塘, summary:收承包费<,>水面

`)
		if text != want {
			t.Errorf("journal\n%s\nwant\n%s", text, want)
		}
	})
}
