package web

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// metricsRoutes are for machines.
func metricsRoutes() []route {
	return []route{
		{pattern: "GET /healthz", title: "运行状态", right: public, show: showHealth},
		{pattern: "GET /metrics", title: "运行指标", right: public, show: showMetrics},
	}
}

// buckets are the upper bounds of the durations' histogram.
var buckets = []time.Duration{
	5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond, 100 * time.Millisecond,
	250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2500 * time.Millisecond, 10 * time.Second,
}

type routeStatus struct {
	route  string
	status int
}

// metrics counts what the server does, for whoever watches it.
type metrics struct {
	mu       sync.Mutex
	requests map[routeStatus]int64
	within   []int64 // requests per bucket, not cumulative
	slower   int64
	total    time.Duration
	steps    map[string]int64 // steps of the writer by outcome
}

func newMetrics() *metrics {
	return &metrics{requests: map[routeStatus]int64{}, within: make([]int64, len(buckets)), steps: map[string]int64{}}
}

func (m *metrics) request(route string, status int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests[routeStatus{route, status}]++
	m.total += took
	for i, b := range buckets {
		if took <= b {
			m.within[i]++
			return
		}
	}
	m.slower++
}

func (m *metrics) step(err error) {
	outcome := "committed"
	if f := fault.As(err); f != nil {
		outcome = f.Kind.String()
	} else if err != nil {
		outcome = "failed"
	}
	m.mu.Lock()
	m.steps[outcome]++
	m.mu.Unlock()
}

// seconds writes a duration as decimal seconds.
func seconds(d time.Duration) string {
	return fmt.Sprintf("%d.%06d", d/time.Second, d%time.Second/time.Microsecond)
}

// text is the exposition format of Prometheus.
func (m *metrics) text() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b bytes.Buffer
	b.WriteString("# TYPE xiangzhang_requests_total counter\n")
	keys := slices.SortedFunc(maps.Keys(m.requests), func(x, y routeStatus) int {
		if x.route != y.route {
			return bytes.Compare([]byte(x.route), []byte(y.route))
		}
		return x.status - y.status
	})
	var count int64
	for _, k := range keys {
		fmt.Fprintf(&b, "xiangzhang_requests_total{route=%q,status=\"%d\"} %d\n", k.route, k.status, m.requests[k])
		count += m.requests[k]
	}
	b.WriteString("# TYPE xiangzhang_request_seconds histogram\n")
	var below int64
	for i, bound := range buckets {
		below += m.within[i]
		fmt.Fprintf(&b, "xiangzhang_request_seconds_bucket{le=\"%s\"} %d\n", seconds(bound), below)
	}
	fmt.Fprintf(&b, "xiangzhang_request_seconds_bucket{le=\"+Inf\"} %d\n", below+m.slower)
	fmt.Fprintf(&b, "xiangzhang_request_seconds_sum %s\nxiangzhang_request_seconds_count %d\n", seconds(m.total), count)
	b.WriteString("# TYPE xiangzhang_steps_total counter\n")
	for _, outcome := range slices.Sorted(maps.Keys(m.steps)) {
		fmt.Fprintf(&b, "xiangzhang_steps_total{outcome=%q} %d\n", outcome, m.steps[outcome])
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	fmt.Fprintf(&b, "# TYPE xiangzhang_memory_bytes gauge\nxiangzhang_memory_bytes{kind=\"system\"} %d\nxiangzhang_memory_bytes{kind=\"heap\"} %d\n", mem.Sys, mem.HeapAlloc)
	fmt.Fprintf(&b, "# TYPE xiangzhang_goroutines gauge\nxiangzhang_goroutines %d\n", runtime.NumGoroutine())
	return b.Bytes()
}

// showMetrics answers to the machine itself only: the figures name every route that is used.
func showMetrics(c *call, _ *store.Tx) (answer, error) {
	ip := net.ParseIP(c.address())
	if ip == nil || !ip.IsLoopback() || c.r.Header.Get("X-Forwarded-For") != "" || c.r.Header.Get("Forwarded") != "" {
		return answer{}, notThere()
	}
	return answer{plain: c.server.metrics.text()}, nil
}

// showHealth reads the database, so that a server that cannot do so is taken out.
func showHealth(_ *call, tx *store.Tx) (answer, error) {
	if _, err := org.Counties(tx); err != nil {
		return answer{}, err
	}
	return answer{plain: []byte("ok\n")}, nil
}

// counted counts a route's requests.
func (s *server) counted(name string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		start := time.Now()
		defer func() {
			if p := recover(); p != nil {
				s.metrics.request(name, http.StatusInternalServerError, time.Since(start))
				panic(p)
			}
			s.metrics.request(name, seen.status, time.Since(start))
		}()
		next.ServeHTTP(seen, r)
	})
}

// statusWriter remembers the status that was sent.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap gives http.ResponseController what lies below.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
