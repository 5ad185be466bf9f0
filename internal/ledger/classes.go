package ledger

import (
	"fmt"

	"xiangzhang/internal/store"
)

// ClassesOf gives the classification of a kind that is in force in a year, by code, for domains that classify without a
// book. The map is shared and must not be changed.
func ClassesOf(tx *store.Tx, kind string, year int) (map[string]Class, error) {
	edition, err := editionFor(tx, kind, year)
	if err != nil {
		return nil, err
	}
	classes, err := loadClasses(tx, edition)
	if err != nil {
		return nil, fmt.Errorf("ledger.ClassesOf %s %d: %w", kind, year, err)
	}
	return classes, nil
}
