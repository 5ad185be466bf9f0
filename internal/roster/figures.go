package roster

import (
	"fmt"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/figure"
	"xiangzhang/internal/store"
)

// Figures are the figures of the roster.
func Figures() []figure.Definition {
	return []figure.Definition{
		{
			Code: "heads-against-quota", Title: "在编人数占编制数", Measure: "%", Numerator: "当日在岗的占编人员(人)", Denominator: "当日有效的编制数(名)",
			Decimals: 2, Source: "机构编制管理规定", Readers: Readers, Compute: headsAgainstQuota,
		},
		{
			Code: "heads-beyond-quota", Title: "超编人数", Measure: "人", Numerator: "各单位、各类岗位超出编制的人数之和", Source: "机构编制管理规定",
			Readers: Readers, Compute: headsBeyondQuota,
		},
	}
}

// headsAgainstQuota counts the people on posts that have quotas, and the posts of those quotas.
func headsAgainstQuota(tx *store.Tx, county int64, path string, on calendar.Date) ([]figure.Row, error) {
	staff, titles, err := staffOf(tx, county, path, on)
	if err != nil {
		return nil, err
	}
	var rows []figure.Row
	for _, q := range staff.Quotas {
		id := q.Document
		if id == "" {
			id = fmt.Sprintf("%d-%s", q.Unit, q.Kind) // no quota was ever set
		}
		rows = append(rows, figure.Row{Kind: "quota", ID: id, Text: q.UnitName + " " + titles[q.Kind] + " 编制", Of: q.Posts})
		for _, p := range staff.Posts {
			if p.Unit == q.Unit && p.Kind == q.Kind {
				rows = append(rows, figure.Row{Kind: "post", ID: p.ID, Text: p.UnitName + " " + p.Name + " " + titles[p.Kind], In: 1})
			}
		}
	}
	return rows, nil
}

// headsBeyondQuota counts the people who came last beyond the quotas of their units.
func headsBeyondQuota(tx *store.Tx, county int64, path string, on calendar.Date) ([]figure.Row, error) {
	staff, titles, err := staffOf(tx, county, path, on)
	if err != nil {
		return nil, err
	}
	var rows []figure.Row
	for _, p := range staff.Posts {
		if p.Beyond {
			rows = append(rows, figure.Row{Kind: "post", ID: p.ID, Text: p.UnitName + " " + p.Name + " " + titles[p.Kind], In: 1})
		}
	}
	return rows, nil
}

func staffOf(tx *store.Tx, county int64, path string, on calendar.Date) (Staff, map[string]string, error) {
	kinds, err := Kinds(tx, county, on)
	if err != nil {
		return Staff{}, nil, err
	}
	titles := map[string]string{}
	for _, k := range kinds {
		titles[k.Code] = k.Title
	}
	staff, err := On(tx, county, path, on)
	return staff, titles, err
}
