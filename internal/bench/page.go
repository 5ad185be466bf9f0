package bench

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web"
)

const (
	pagePeople  = 200
	pageSize    = 1_000_000 // vouchers of the county
	pageRate    = 330       // requests a second that the people send together
	pageSeconds = 30
	pageWarm    = 5 // seconds before measuring: caches and prepared statements
)

// Page measures a mixed day of 200 signed-in people: server and browsers in one process, over loopback. Requests leave
// by the clock, whether or not the ones before were answered, and are measured from the instant they were due, so that
// a slow answer cannot hide behind the requests that it held up.
func Page(ctx context.Context, o Options) error {
	n := o.Size
	if n == 0 {
		n = pageSize
	}
	c, err := o.filled(ctx, "page", n, nil)
	if err != nil {
		return err
	}
	defer c.db.Close()
	keys, err := os.MkdirTemp(o.Dir, "keys")
	if err != nil {
		return err
	}
	office, err := c.openOffice(ctx, keys)
	if err != nil {
		return err
	}
	defer office.close()
	defer web.Tune()() // as the command does
	forgetPeak()
	seconds, warm := pageSeconds, pageWarm
	if n < pageSize {
		seconds, warm = 2, 0 // a trial of the case itself
	}
	if _, err := office.day(ctx, time.Duration(warm)*time.Second); err != nil {
		return err
	}
	d, err := office.day(ctx, time.Duration(seconds)*time.Second)
	if err != nil {
		return err
	}
	config := map[string]any{"people": pagePeople, "books": books, "seconds": seconds, "asked_per_s": pageRate, "closed_through": "2026-11", "vouchers_posted": office.posted}
	var all []time.Duration
	for _, kind := range slices.Sorted(maps.Keys(d.took)) {
		took := d.took[kind]
		all = append(all, took...)
		p50, p99 := percentiles(took)
		config[kind] = map[string]any{"n": len(took), "p50_ms": p50, "p99_ms": p99}
	}
	p50, p99 := percentiles(all)
	o.Print(Result{Bench: "page", Case: "mixed-200", N: n, Rate: float64(len(all)) / d.elapsed.Seconds(), P50: p50, P99: p99, PeakRSS: peakRSS(),
		Engine: string(c.db.Engine()), Config: config})
	p50, p99 = percentiles(d.took["lookup"])
	o.Print(Result{Bench: "page", Case: "lookup", N: n, P50: p50, P99: p99, PeakRSS: peakRSS(), Engine: string(c.db.Engine()),
		Config: map[string]any{"lookups": len(d.took["lookup"]), "within": "mixed-200"}})
	return nil
}

// filled makes a county of n vouchers, with these summaries where any are given, closes what an office has closed by
// then, and opens it as a server does.
func (o Options) filled(ctx context.Context, name string, n int, summaries []string) (*county, error) {
	db, _, err := o.open(ctx, name, 256)
	if err != nil {
		return nil, err
	}
	c, err := newCounty(ctx, db)
	if err == nil {
		c.summaries = summaries
		_, err = c.fill(ctx, n, nil)
	}
	if err == nil {
		err = c.closePast(ctx)
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	c.db, _, err = o.open(ctx, name, 64)
	return c, err
}

// office is the people of a county at their screens.
type office struct {
	county *county
	server *http.Server
	base   string
	client *http.Client
	people []*visitor

	mu sync.Mutex
	submitted,
	checked []string // documents that wait for the next step
	posted int
}

// openOffice makes 150 accountants and 50 reviewers, starts the pages and signs everybody in.
func (c *county) openOffice(ctx context.Context, keyDir string) (*office, error) {
	keys, err := identity.LoadKeys(keyDir)
	if err != nil {
		return nil, err
	}
	if err := keys.Create(c.id); err != nil {
		return nil, err
	}
	hash, err := identity.HashPassword(ctx, "青山 绿水 三十六乡")
	if err != nil {
		return nil, err
	}
	err = c.db.Write(ctx, func(tx *store.Tx) error {
		for i := range pagePeople {
			role := identity.Accountant
			if i%4 == 3 {
				role = identity.Reviewer
			}
			if err := c.hire(tx, keys, hash, i, role); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	pages, err := web.New(web.Config{DB: c.db, County: c.id, Keys: keys, Demo: true})
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	o := &office{county: c, server: web.Server(pages), base: "http://" + l.Addr().String(), client: &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2 * pagePeople, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	go o.server.Serve(l) // ends with close
	for i := range pagePeople {
		v := &visitor{office: o, random: rand.New(rand.NewPCG(7, uint64(i))), reviews: i%4 == 3}
		if err := v.signIn(ctx, loginName(i)); err != nil {
			o.close()
			return nil, fmt.Errorf("bench: sign in %d: %w", i, err)
		}
		o.people = append(o.people, v)
	}
	return o, nil
}

func loginName(i int) string { return fmt.Sprintf("page%03d", i) }

// hire makes one person with one role over the county.
func (c *county) hire(tx *store.Tx, keys *identity.Keys, hash identity.PasswordHash, i int, role identity.Role) error {
	unit := c.books[0].Unit
	p, err := identity.BootstrapPerson(tx, keys, c.id, identity.NewPerson{Name: fmt.Sprintf("测速%d", i+1), Number: idNumber(i), Unit: unit})
	if err != nil {
		return err
	}
	login, err := identity.BootstrapLogin(tx, c.id, identity.NewLogin{Name: loginName(i), Person: p.ID, Password: hash})
	if err != nil {
		return err
	}
	return identity.BootstrapGrant(tx, c.id, identity.NewGrant{Login: login.ID, Role: role, Unit: unit, From: "2025-01-01"})
}

// idNumber makes an identity number of nobody with a right check character (GB 11643).
func idNumber(i int) string {
	body := fmt.Sprintf("990002198501%02d%03d", 1+i%28, i)
	sum := 0
	for at, weight := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[at]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}

func (o *office) close() {
	o.client.CloseIdleConnections()
	o.server.Close()
}

// day is what was measured: how long each kind of request took.
type day struct {
	took    map[string][]time.Duration
	elapsed time.Duration
}

// day lets everybody work for a while. The first request that fails ends it.
func (o *office) day(ctx context.Context, length time.Duration) (day, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	pace := time.Second * pagePeople / pageRate
	began := time.Now()
	var wg sync.WaitGroup
	for i, v := range o.people {
		v.took = map[string][]time.Duration{}
		wg.Go(func() {
			for due := began.Add(pace * time.Duration(i) / pagePeople); due.Before(began.Add(length)) && ctx.Err() == nil; due = due.Add(pace * time.Duration(v.sent)) {
				time.Sleep(time.Until(due))
				if err := v.work(ctx, due); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	d := day{took: map[string][]time.Duration{}, elapsed: time.Since(began)}
	for _, v := range o.people {
		for kind, took := range v.took {
			d.took[kind] = append(d.took[kind], took...)
		}
	}
	return d, context.Cause(ctx)
}

// take gives a document that waits in a queue.
func (o *office) take(queue *[]string) (string, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(*queue) == 0 {
		return "", false
	}
	id := (*queue)[0]
	*queue = (*queue)[1:]
	return id, true
}

func (o *office) put(queue *[]string, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	*queue = append(*queue, id)
}

// bookPath gives the address of a random book.
func (v *visitor) bookPath() string {
	return fmt.Sprintf("/books/%d", v.book().ID)
}

func (v *visitor) book() ledger.Book { return v.office.county.books[v.random.IntN(books)] }
