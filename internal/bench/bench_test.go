package bench

import (
	"context"
	"testing"

	"xiangzhang/internal/store/storetest"
)

// TestCases runs every case small, on both engines: the figures mean nothing then, but each case must do its work.
func TestCases(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			for _, b := range []struct {
				name  string
				run   func(context.Context, Options) error
				cases int
			}{{"post", Post, 3}, {"statement", Statement, 5}, {"page", Page, 2}, {"search", Search, 10}, {"print", Print, 2}, {"treasury", Treasury, 3}, {"payments", Payments, 2}} {
				o := Options{Dir: t.TempDir(), Size: 2000}
				if engine == "postgres" {
					o.Database = storetest.PostgresURL(t)
				}
				printed := 0
				o.Print = func(r Result) {
					printed++
					if r.Rate <= 0 && r.P50 <= 0 {
						t.Errorf("%s %s gives no figure: %+v", r.Bench, r.Case, r)
					}
					t.Logf("%+v", r)
				}
				if err := b.run(context.Background(), o); err != nil {
					t.Fatalf("%s: %v", b.name, err)
				}
				if printed != b.cases {
					t.Errorf("%s printed %d cases, want %d", b.name, printed, b.cases)
				}
			}
		})
	}
}
