package ledger

import (
	"fmt"
	"sync"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/standard"
	"xiangzhang/internal/store"
)

// cache holds what never changes once committed: combinations by id, and charts until their mark moves.
type cache struct {
	mu           sync.RWMutex
	combinations map[combinationKey]int64
	byID         map[int64]map[int64]Combination // county → id
	loaded       map[int64]int64                 // county → every id up to this one is in byID
	charts       map[chartKey]*Chart
}

type chartKey struct {
	county, book int64
	year         int
}

type combinationKey struct {
	county  int64
	chart   ChartName
	account string
	dims    Dims
}

type cacheName struct{}

func cacheOf(tx *store.Tx) *cache {
	return tx.DB().Memo(cacheName{}, func() any {
		return &cache{
			combinations: map[combinationKey]int64{}, byID: map[int64]map[int64]Combination{},
			loaded: map[int64]int64{}, charts: map[chartKey]*Chart{},
		}
	}).(*cache)
}

// ChartOf gives the accounts that a book uses in a year.
func ChartOf(tx *store.Tx, b Book, year int) (*Chart, error) {
	c := cacheOf(tx)
	key := chartKey{b.County, b.ID, year}
	c.mu.RLock()
	chart := c.charts[key]
	c.mu.RUnlock()
	if chart != nil && chart.mark == b.mark {
		return chart, nil
	}
	chart, err := loadChart(tx, b, year)
	if err != nil {
		return nil, err
	}
	// A mark raised by a step that is still to commit must not reach the cache: another reader may have the older rows.
	tx.AfterCommit(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if old := c.charts[key]; old == nil || old.mark < chart.mark {
			c.charts[key] = chart
		}
	})
	return chart, nil
}

func loadChart(tx *store.Tx, b Book, year int) (*Chart, error) {
	edition, err := editionOf(tx, b, year)
	if err != nil {
		return nil, err
	}
	chart := &Chart{
		Name: b.Chart, Edition: edition, Year: year, mark: b.mark,
		accounts: map[string]*Account{}, classes: map[string]map[string]Class{},
	}
	if err := chart.loadOfficial(tx); err != nil {
		return nil, fmt.Errorf("ledger: chart of book %s: %w", b.Code, err)
	}
	if err := chart.loadOwn(tx, b); err != nil {
		return nil, fmt.Errorf("ledger: chart of book %s: %w", b.Code, err)
	}
	chart.finish()
	for _, kind := range []string{standard.Function, standard.Economic, standard.EconomicGovernment, standard.Revenue, standard.Fund} {
		if err := chart.loadClasses(tx, kind); err != nil {
			return nil, fmt.Errorf("ledger: %s of book %s: %w", kind, b.Code, err)
		}
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
		if a.Requires, err = parseRequirements(requires); err != nil {
			return err
		}
		c.accounts[a.Code] = a
	}
	return rows.Err()
}

// loadOwn adds the accounts of the county and of the book, parents before children.
func (c *Chart) loadOwn(tx *store.Tx, b Book) error {
	rows, err := tx.Query(`select code, name, parent, dimensions, mnemonic, from_year, coalesce(to_year, 0) from account
		where county_id = $1 and chart = $2 and book_id in (0, $3) and from_year <= $4 order by code`,
		b.County, string(b.Chart), b.ID, c.Year)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a Account
		var requires string
		if err := rows.Scan(&a.Code, &a.Name, &a.Parent, &requires, &a.Mnemonic, &a.FromYear, &a.ToYear); err != nil {
			return err
		}
		p, ok := c.accounts[a.Parent]
		if !ok {
			continue // its official parent is not in this year's edition
		}
		a.Half, a.Element, a.Direction, a.AppliesTo, a.Requires, a.Confirmed = p.Half, p.Element, p.Direction, p.AppliesTo, p.Requires, true
		if requires != inherit {
			if a.Requires, err = parseRequirements(requires); err != nil {
				return err
			}
		}
		c.accounts[a.Code] = &a
	}
	return rows.Err()
}

func (c *Chart) loadClasses(tx *store.Tx, kind string) error {
	edition, err := editionFor(tx, kind, c.Year)
	if fault.HasCode(err, "edition-missing") {
		return nil
	}
	if err != nil {
		return err
	}
	rows, err := tx.Query(`select code, name, parent, mnemonic, confirmed from edition_class where edition_id = $1`, edition)
	if err != nil {
		return err
	}
	defer rows.Close()
	classes := map[string]Class{}
	for rows.Next() {
		var v Class
		if err := rows.Scan(&v.Code, &v.Name, &v.Parent, &v.Mnemonic, &v.Confirmed); err != nil {
			return err
		}
		classes[v.Code] = v
	}
	c.classes[kind] = classes
	return rows.Err()
}

// Combination is an account with its dimensions.
type Combination struct {
	ID      int64
	Chart   ChartName
	Account string
	Dims    Dims
}

// intern gives the combination's integer, making it where it is new.
func intern(tx *store.Tx, county int64, chart ChartName, account string, dims Dims) (int64, error) {
	c := cacheOf(tx)
	key := combinationKey{county, chart, account, dims}
	c.mu.RLock()
	id, ok := c.combinations[key]
	c.mu.RUnlock()
	if ok {
		return id, nil
	}
	return internNew(tx, c, key)
}

// Combinations gives every combination of a county by its integer. The map is shared: read only.
func Combinations(tx *store.Tx, county int64) (map[int64]Combination, error) {
	c := cacheOf(tx)
	c.mu.RLock()
	after := c.loaded[county]
	c.mu.RUnlock()
	var newest int64
	err := tx.QueryRow(`select coalesce(max(combination_id), 0) from combination where county_id = $1`, county).Scan(&newest)
	if err != nil {
		return nil, fmt.Errorf("ledger.Combinations: %w", err)
	}
	if newest > after {
		found, err := readCombinations(tx, county, after)
		if err != nil {
			return nil, fmt.Errorf("ledger.Combinations: %w", err)
		}
		c.add(county, found, newest)
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byID[county], nil
}

func readCombinations(tx *store.Tx, county, after int64) ([]Combination, error) {
	rows, err := tx.Query(`select combination_id, chart, account, unit_id, function, economic, project, fund, party
		from combination where county_id = $1 and combination_id > $2`, county, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []Combination
	for rows.Next() {
		var v Combination
		if err := rows.Scan(&v.ID, &v.Chart, &v.Account, &v.Dims.Unit, &v.Dims.Function, &v.Dims.Economic, &v.Dims.Project,
			&v.Dims.Fund, &v.Dims.Party); err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, rows.Err()
}

// add puts committed combinations into a new map, so that readers of the old one are not disturbed.
func (c *cache) add(county int64, found []Combination, through int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := make(map[int64]Combination, len(c.byID[county])+len(found))
	for id, v := range c.byID[county] {
		next[id] = v
	}
	for _, v := range found {
		next[v.ID] = v
		c.combinations[combinationKey{county, v.Chart, v.Account, v.Dims}] = v.ID
	}
	c.byID[county] = next
	c.loaded[county] = max(c.loaded[county], through)
}

func internNew(tx *store.Tx, c *cache, key combinationKey) (int64, error) {
	var id int64
	d := key.dims
	find := func() error {
		return tx.QueryRow(`select combination_id from combination where county_id = $1 and chart = $2 and account = $3
			and unit_id = $4 and function = $5 and economic = $6 and project = $7 and fund = $8 and party = $9`,
			key.county, string(key.chart), key.account, d.Unit, d.Function, d.Economic, d.Project, d.Fund, d.Party).Scan(&id)
	}
	err := find()
	if err == store.ErrNoRows {
		// The counter's row is locked to the end of the step, so two programs cannot make the same combination twice.
		err = tx.QueryWrite(`insert into counter (county_id, name, value) values ($1, 'combination', 1)
			on conflict (county_id, name) do update set value = counter.value + 1 returning value`, key.county).Scan(&id)
		if err != nil {
			return 0, fmt.Errorf("ledger: combination counter: %w", err)
		}
		_, err = tx.Exec(`insert into combination (county_id, combination_id, chart, account, unit_id, function, economic, project, fund, party)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			key.county, id, string(key.chart), key.account, d.Unit, d.Function, d.Economic, d.Project, d.Fund, d.Party)
	}
	if err != nil {
		return 0, fmt.Errorf("ledger: combination of %s: %w", key.account, err)
	}
	tx.AfterCommit(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.combinations[key] = id
	})
	return id, nil
}
