package exchange_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"xiangzhang/internal/exchange"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// voucherFile writes n vouchers of four entries in one township's two books, over twenty months and two hundred
// combinations or so.
func voucherFile(n int) []byte {
	var b bytes.Buffer
	b.WriteString(voucherHead)
	functions := []string{"2010301", "2010302", "2010350", "2010399", "2010601", "2010602"}
	economics := []string{"30201", "30202", "30203", "30204", "30205", "30206", "30207", "30208", "30209", "30211"}
	for i := range n {
		month := i * 20 / n
		date := fmt.Sprintf("%d-%02d-%02d", 2025+month/12, 1+month%12, 1+i%28)
		f, e := functions[i%len(functions)], economics[i%len(economics)]
		amount := fmt.Sprintf("%d.%02d", 10+i%9973, i%100)
		fmt.Fprintf(&b, "101,%s,记,,2,付办公用品款 %d,500102,%s,%s,,,,%s,\n", date, i, f, e, amount)
		fmt.Fprintf(&b, "101,%s,记,,2,付办公用品款 %d,400101,,,,,,,%s\n", date, i, amount)
		fmt.Fprintf(&b, "101,%s,记,,2,付办公用品款 %d,71010101,%s,%s,,,,%s,\n", date, i, f, e, amount)
		fmt.Fprintf(&b, "101,%s,记,,2,付办公用品款 %d,60010102,%s,,,,,,%s\n", date, i, f, amount)
	}
	return b.Bytes()
}

// BenchmarkImportVouchers imports a full file into a durable SQLite database: parsed, checked and posted.
func BenchmarkImportVouchers(b *testing.B) {
	const vouchers = 50_000
	file := voucherFile(vouchers)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		b.StopTimer()
		clock := storetest.Clock{}
		clock.Set(storetest.Start)
		db, err := store.Open(context.Background(), filepath.Join(b.TempDir(), "bench.db"), store.Options{Clock: clock.Now, CacheMiB: 256})
		if err != nil {
			b.Fatal(err)
		}
		h := newHall(b, db)
		b.StartTimer()
		r, err := exchange.Import(context.Background(), db, h.accountant, exchange.Vouchers, "bench.csv", bytes.NewReader(file), h.posting())
		if err != nil || r.Accepted != 4*vouchers {
			b.Fatalf("%d rows accepted, %v, %v", r.Accepted, r.Errors, err)
		}
		b.StopTimer()
		db.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(vouchers*b.N)/b.Elapsed().Seconds(), "vouchers/s") // float: a rate
}
