package ledger

import "xiangzhang/internal/store"

// SharedCharts tells how many charts the program keeps for several books to share.
func SharedCharts(tx *store.Tx) int {
	c := cacheOf(tx)
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.shared)
}
