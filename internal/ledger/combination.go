package ledger

import (
	"fmt"
	"maps"

	"xiangzhang/internal/store"
)

// Combination is an account with its dimensions.
type Combination struct {
	ID      int64
	Chart   ChartName
	Account string
	Dims    Dims
}

type combinationKey struct {
	county  int64
	chart   ChartName
	account string
	dims    Dims
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
	local := store.Local(tx, localCombinations{}, func() map[combinationKey]int64 { return map[combinationKey]int64{} })
	if id, ok := local[key]; ok {
		return id, nil
	}
	id, err := internNew(tx, c, key)
	if err == nil {
		local[key] = id
	}
	return id, err
}

type localCombinations struct{}

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
		// What a step reads may still be rolled back, so the cache learns of it after the commit.
		tx.AfterCommit(func() { c.add(county, found, newest) })
		c.mu.RLock()
		defer c.mu.RUnlock()
		return c.with(county, found), nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byID[county], nil
}

// with gives the county's combinations and those found, in a map of its own. The caller holds the lock.
func (c *cache) with(county int64, found []Combination) map[int64]Combination {
	all := maps.Clone(c.byID[county])
	if all == nil {
		all = make(map[int64]Combination, len(found))
	}
	for _, v := range found {
		all[v.ID] = v
	}
	return all
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
	next := c.with(county, found)
	for _, v := range found {
		c.combinations[combinationKey{county, v.Chart, v.Account, v.Dims}] = v.ID
	}
	c.byID[county] = next
	c.loaded[county] = max(c.loaded[county], through)
}

func internNew(tx *store.Tx, c *cache, key combinationKey) (int64, error) {
	id, err := findCombination(tx, key)
	if err == store.ErrNoRows {
		id, err = makeCombination(tx, key)
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

func findCombination(tx *store.Tx, key combinationKey) (id int64, err error) {
	d := key.dims
	err = tx.QueryRow(`select combination_id from combination where county_id = $1 and chart = $2 and account = $3
		and unit_id = $4 and function = $5 and economic = $6 and project = $7 and fund = $8 and party = $9`,
		key.county, string(key.chart), key.account, d.Unit, d.Function, d.Economic, d.Project, d.Fund, d.Party).Scan(&id)
	return id, err
}

// makeCombination takes the next integer. The counter's row is locked to the end of the step, so another program may
// have made the same combination while this one waited for it: then its integer counts and the one taken stays unused.
func makeCombination(tx *store.Tx, key combinationKey) (id int64, err error) {
	err = tx.QueryWrite(`insert into counter (county_id, name, value) values ($1, 'combination', 1)
		on conflict (county_id, name) do update set value = counter.value + 1 returning value`, key.county).Scan(&id)
	if err != nil {
		return 0, err
	}
	if made, err := findCombination(tx, key); err != store.ErrNoRows {
		return made, err
	}
	d := key.dims
	_, err = tx.Exec(`insert into combination (county_id, combination_id, chart, account, unit_id, function, economic, project, fund, party)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		key.county, id, string(key.chart), key.account, d.Unit, d.Function, d.Economic, d.Project, d.Fund, d.Party)
	return id, err
}
