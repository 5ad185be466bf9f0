// Package bench measures what docs/commands.md promises: the rate of posting, the cost of statements. Each case prints
// one json object with its configuration, so that figures can be compared by ratio in one run; absolute figures of a
// shared machine mean little.
package bench

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"xiangzhang/internal/store"
)

// Result is one measured case. What does not apply is left out.
type Result struct {
	Bench    string         `json:"bench"`
	Case     string         `json:"case"`
	N        int            `json:"n"`
	Rate     float64        `json:"rate_per_s,omitempty"`
	BareRate float64        `json:"bare_rate_per_s,omitempty"`
	P50      float64        `json:"p50_ms,omitempty"`
	P99      float64        `json:"p99_ms,omitempty"`
	PeakRSS  float64        `json:"peak_rss_mb"`
	Engine   string         `json:"engine"`
	Config   map[string]any `json:"config"`
}

// Options say how large a bench is and where it runs.
type Options struct {
	Dir      string // for throw-away SQLite files
	Database string // a PostgreSQL URL of an empty database; empty: SQLite
	Size     int    // vouchers; 0: the case's default
	Print    func(Result)
}

func (o Options) open(ctx context.Context, name string, cacheMiB int) (*store.DB, string, error) {
	target := o.Database
	if target == "" {
		target = fmt.Sprintf("%s/%s.db", o.Dir, name)
	}
	at := time.Date(2026, 12, 20, 2, 0, 0, 0, time.UTC)
	db, err := store.Open(ctx, target, store.Options{Clock: func() time.Time { return at }, CacheMiB: cacheMiB})
	return db, target, err
}

// percentiles gives p50 and p99 in milliseconds.
func percentiles(took []time.Duration) (p50, p99 float64) {
	if len(took) == 0 {
		return 0, 0
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return ms(took[len(took)/2]), ms(took[len(took)*99/100])
}

// forgetPeak starts the measure of the largest memory anew, where the system can.
func forgetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // not there: the peak of all cases is told
}

// peakRSS gives the process's largest resident memory in MB, where the system tells it.
func peakRSS() float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
				var kb float64
				if _, err := fmt.Sscanf(rest, "%f kB", &kb); err == nil {
					return kb / 1024
				}
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys) / (1 << 20)
}
