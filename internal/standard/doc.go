// Package standard holds the official tables that ship with the program: the charts of accounts, the government budget
// classifications, the kinds of funds, worked posting templates, which auxiliary dimensions an account takes, and the
// administrative divisions of the country.
//
// Every table is a data file of an edition, with the document it comes from; a row says whether it was seen in a source
// or written from memory (Verified). Nothing here is a rule in code: a county imports a newer edition when the ministry
// issues one, and an edition that is out of force is still shipped where nothing newer can be, and says so.
//
// The tables are embedded and parsed when first asked for. The division table (665,276 rows) stays compressed and is
// streamed for each question. A table that does not parse is a defect of the build: the tests read every row.
package standard

import (
	"embed"
	"encoding/csv"
	"fmt"
)

//go:embed data/*.csv data/divisions.csv.gz
var files embed.FS

// Row marks of the column verified.
const (
	Seen   = "yes"    // code and name were read together in the named source
	Memory = "memory" // written from memory; a person has to compare it with the official print
)

// row is one line of a table, read by column name so that files may gain columns.
type row struct {
	columns map[string]int
	fields  []string
}

func (r row) get(column string) string {
	at, ok := r.columns[column]
	if !ok {
		return ""
	}
	return r.fields[at]
}

// table reads an embedded file whole; it is for the small tables only.
func table(file string) ([]row, error) {
	f, err := files.Open("data/" + file)
	if err != nil {
		return nil, fmt.Errorf("standard: open %s: %w", file, err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("standard: read %s: %w", file, err)
	}
	columns := make(map[string]int, len(records[0]))
	for i, name := range records[0] {
		columns[name] = i
	}
	rows := make([]row, 0, len(records)-1)
	for _, fields := range records[1:] {
		rows = append(rows, row{columns, fields})
	}
	return rows, nil
}
