package standard

import (
	"slices"
	"sync"

	"xiangzhang/internal/fault"
)

// Class is one row of a classification.
type Class struct {
	Code     string
	Name     string
	Level    string // 类, 款, 项, 目
	Parent   string // code, empty on the first level
	Verified string
	Source   string
}

// EconomicMap says which government economic class a department economic class falls under (对照表).
type EconomicMap struct {
	Department     string // 款 of the department classification
	Administrative string // 款 of the government classification where the unit is administrative
	Institution    string // the same where it is an institution
	Verified       string
	Source         string
}

var classifications = sync.OnceValues(func() (map[string][]Class, error) {
	all := map[string][]Class{}
	for _, e := range Editions() {
		if e.IsChart() {
			continue
		}
		rows, err := table(e.file)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			all[e.ID] = append(all[e.ID], Class{
				Code: r.get("code"), Name: r.get("name"), Level: r.get("level"), Parent: r.get("parent"),
				Verified: r.get("verified"), Source: r.get("source"),
			})
		}
	}
	return all, nil
})

// Classes gives a classification in code order, parents before children.
func Classes(editionID string) ([]Class, error) {
	all, err := classifications()
	if err != nil {
		return nil, err
	}
	list, ok := all[editionID]
	if !ok {
		return nil, fault.Newf(fault.NotFound, "standard-edition-unknown", "请选择程序内置的版本或导入分类科目", "没有分类科目「%s」", editionID)
	}
	return slices.Clone(list), nil
}

var economicMaps = sync.OnceValues(func() ([]EconomicMap, error) {
	rows, err := table(economicMapFile)
	if err != nil {
		return nil, err
	}
	list := make([]EconomicMap, 0, len(rows))
	for _, r := range rows {
		list = append(list, EconomicMap{
			Department: r.get("department_code"), Administrative: r.get("government_code_administrative"),
			Institution: r.get("government_code_institution"), Verified: r.get("verified"), Source: r.get("source"),
		})
	}
	return list, nil
})

const economicMapFile = "economic-mapping-2025.csv"

// EconomicMapping gives the table of department against government economic classes, in department code order. It is
// official data that the program ships whole: payments by the treasury, which book a department's expenditure under the
// government's class, read it from here.
func EconomicMapping() ([]EconomicMap, error) {
	list, err := economicMaps()
	return slices.Clone(list), err
}
