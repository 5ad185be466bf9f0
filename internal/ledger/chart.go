package ledger

import (
	"fmt"
	"maps"
	"sync"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// cache holds what never changes once committed: combinations by id, and charts until their mark moves. Charts with the
// same content are one: a county has hundreds of books and few charts.
type cache struct {
	mu           sync.RWMutex
	combinations map[combinationKey]int64
	byID         map[int64]map[int64]Combination // county → id
	loaded       map[int64]int64                 // county → every id up to this one is in byID
	charts       map[chartKey]markedChart
	shared       map[string]*Chart // by content
}

type chartKey struct {
	county, book int64
	year         int
}

// markedChart is a book's chart as of the book's accounts_mark.
type markedChart struct {
	mark  int64
	chart *Chart
	begun bool // the book's year is known to stay on the chart's edition
}

type cacheName struct{}

func cacheOf(tx *store.Tx) *cache {
	return tx.DB().Memo(cacheName{}, func() any {
		return &cache{
			combinations: map[combinationKey]int64{}, byID: map[int64]map[int64]Combination{},
			loaded: map[int64]int64{}, charts: map[chartKey]markedChart{}, shared: map[string]*Chart{},
		}
	}).(*cache)
}

type localCharts struct{}

// ChartOf gives the accounts that a book uses in a year.
func ChartOf(tx *store.Tx, b Book, year int) (*Chart, error) {
	known, err := chartOf(tx, b, year)
	return known.chart, err
}

// chartToWrite is ChartOf for a voucher or a draft. The first one begins the book's year: an edition that is imported
// later leaves it on the one that it has.
func chartToWrite(tx *store.Tx, b Book, year int) (*Chart, error) {
	known, err := chartOf(tx, b, year)
	if err != nil || known.begun {
		return known.chart, err
	}
	if err := beginYear(tx, b.County, b.ID, year, known.chart.Edition); err != nil {
		return nil, err
	}
	edition, err := editionOf(tx, b, year)
	if err != nil {
		return nil, err
	}
	if edition != known.chart.Edition { // begun before, by another program
		if known.chart, err = loadChart(tx, b, year); err != nil {
			return nil, err
		}
	}
	known.begun = true
	keepChart(tx, chartKey{b.County, b.ID, year}, known)
	return known.chart, nil
}

func chartOf(tx *store.Tx, b Book, year int) (markedChart, error) {
	c := cacheOf(tx)
	key := chartKey{b.County, b.ID, year}
	c.mu.RLock()
	known := c.charts[key]
	c.mu.RUnlock()
	current := known.chart != nil && known.mark == b.mark
	if current && known.begun {
		return known, nil
	}
	if own := ownCharts(tx)[key]; own.chart != nil && own.mark == b.mark {
		return own, nil
	}
	if current {
		return known, nil
	}
	chart, err := loadChart(tx, b, year)
	if err != nil {
		return markedChart{}, err
	}
	fresh := markedChart{mark: b.mark, chart: chart}
	keepChart(tx, key, fresh)
	return fresh, nil
}

// ownCharts are what the step has read or begun itself.
func ownCharts(tx *store.Tx) map[chartKey]markedChart {
	return store.Local(tx, localCharts{}, func() map[chartKey]markedChart { return map[chartKey]markedChart{} })
}

// keepChart remembers a chart for the step, and for others once it is committed: a mark raised by a step that is still
// to commit must not reach the cache, where another reader may have the older rows.
func keepChart(tx *store.Tx, key chartKey, fresh markedChart) {
	ownCharts(tx)[key] = fresh
	c := cacheOf(tx)
	tx.AfterCommit(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if before := c.charts[key]; before.mark < fresh.mark || before.mark == fresh.mark && fresh.begun {
			c.charts[key] = fresh
			c.forget(before.chart)
		}
	})
}

func loadChart(tx *store.Tx, b Book, year int) (*Chart, error) {
	edition, err := editionOf(tx, b, year)
	if err != nil {
		return nil, err
	}
	own, err := readOwn(tx, b, year)
	if err != nil {
		return nil, fmt.Errorf("ledger: chart of book %s: %w", b.Code, err)
	}
	classes := map[string]string{}
	for _, kind := range classKinds {
		classes[kind], err = editionFor(tx, kind, year)
		if err != nil && !fault.HasCode(err, "edition-missing") {
			return nil, err
		}
	}
	content := fmt.Sprint(b.Chart, edition, year, classes, own)
	c := cacheOf(tx)
	c.mu.RLock()
	chart := c.shared[content]
	c.mu.RUnlock()
	if chart != nil {
		return chart, nil
	}
	local := store.Local(tx, localShared{}, func() map[string]*Chart { return map[string]*Chart{} })
	if chart := local[content]; chart != nil {
		return chart, nil
	}
	chart, err = buildChart(tx, b, year, edition, classes, own)
	if err != nil {
		return nil, fmt.Errorf("ledger: chart of book %s: %w", b.Code, err)
	}
	local[content] = chart
	// The content names an edition by its id alone: one that is rolled back may come again with other accounts.
	tx.AfterCommit(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.shared[content] = chart
	})
	return chart, nil
}

type localShared struct{}

// forget drops a chart that no book uses any more. The caller holds the lock.
func (c *cache) forget(chart *Chart) {
	for _, used := range c.charts {
		if used.chart == chart {
			return
		}
	}
	maps.DeleteFunc(c.shared, func(_ string, shared *Chart) bool { return shared == chart })
}

var classKinds = []string{standard.Function, standard.Economic, standard.EconomicGovernment, standard.Revenue, standard.Fund}

func buildChart(tx *store.Tx, b Book, year int, edition string, classes map[string]string, own []ownAccount) (*Chart, error) {
	chart := &Chart{Name: b.Chart, Edition: edition, Year: year, accounts: map[string]*Account{}, classes: map[string]map[string]Class{}}
	if err := chart.loadOfficial(tx); err != nil {
		return nil, err
	}
	if err := chart.addOwn(own); err != nil {
		return nil, err
	}
	chart.finish()
	for kind, id := range classes {
		v, err := loadClasses(tx, id)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		chart.classes[kind] = v
	}
	return chart, nil
}

func (c *Chart) loadOfficial(tx *store.Tx) error {
	rows, err := tx.Query(`select code, name, parent, half, element, direction, applies_to, dimensions, mnemonic, confirmed
		from edition_account where edition_id = $1 order by code`, c.Edition)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		a := &Account{Official: true}
		var requires string
		if err := rows.Scan(&a.Code, &a.Name, &a.Parent, &a.Half, &a.Element, &a.Direction, &a.AppliesTo, &requires,
			&a.Mnemonic, &a.Confirmed); err != nil {
			return err
		}
		if a.Requires, err = ParseRequirements(requires); err != nil {
			return err
		}
		c.accounts[a.Code] = a
	}
	return rows.Err()
}

// ownAccount is an account of the county or the book, as stored.
type ownAccount struct {
	code, name, parent, requires, mnemonic string
	from, to                               int
}

func readOwn(tx *store.Tx, b Book, year int) ([]ownAccount, error) {
	rows, err := tx.Query(`select code, name, parent, dimensions, mnemonic, from_year, coalesce(to_year, 0) from account
		where county_id = $1 and chart = $2 and book_id in (0, $3) and from_year <= $4 order by code`,
		b.County, string(b.Chart), b.ID, year)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []ownAccount
	for rows.Next() {
		var a ownAccount
		if err := rows.Scan(&a.code, &a.name, &a.parent, &a.requires, &a.mnemonic, &a.from, &a.to); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

// addOwn adds the accounts of the county and of the book, parents before children.
func (c *Chart) addOwn(own []ownAccount) error {
	for _, o := range own {
		p, ok := c.accounts[o.parent]
		if !ok {
			continue // its official parent is not in this year's edition
		}
		a := *p
		a.Code, a.Name, a.Parent, a.Mnemonic = o.code, o.name, o.parent, o.mnemonic
		a.FromYear, a.ToYear, a.Official, a.Confirmed = o.from, o.to, false, true
		if o.requires != inherit {
			var err error
			if a.Requires, err = ParseRequirements(o.requires); err != nil {
				return err
			}
		}
		c.accounts[a.Code] = &a
	}
	return nil
}

type classCache struct{ edition string }

// loadClasses reads a classification; an edition never changes, so all charts share it.
func loadClasses(tx *store.Tx, edition string) (map[string]Class, error) {
	if edition == "" {
		return nil, nil
	}
	if known, ok := tx.DB().Memoed(classCache{edition}); ok {
		return known.(map[string]Class), nil
	}
	rows, err := tx.Query(`select code, name, parent, mnemonic, confirmed from edition_class where edition_id = $1`, edition)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	classes := map[string]Class{}
	for rows.Next() {
		var v Class
		if err := rows.Scan(&v.Code, &v.Name, &v.Parent, &v.Mnemonic, &v.Confirmed); err != nil {
			return nil, err
		}
		classes[v.Code] = v
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	tx.AfterCommit(func() { tx.DB().Memo(classCache{edition}, func() any { return classes }) })
	return classes, nil
}
