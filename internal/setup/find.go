package setup

import (
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/standard"
)

// Counties looks counties up in the built-in table, by code, name or pinyin. A full name goes before names that only
// contain it; a code names one.
func Counties(query string) ([]standard.Division, error) {
	found, err := standard.FindDivisions(query, 200)
	if err != nil {
		return nil, err
	}
	var counties, named []standard.Division
	for _, d := range found {
		switch {
		case len(d.Code) != 6:
		case d.Code == query:
			return []standard.Division{d}, nil
		default:
			counties = append(counties, d)
			if d.Name == query {
				named = append(named, d)
			}
		}
	}
	if len(named) > 0 {
		return named, nil
	}
	return counties, nil
}

// Find gives the one county that a query means; one that means none or several is refused.
func Find(query string) (standard.Division, error) {
	counties, err := Counties(query)
	if err != nil {
		return standard.Division{}, err
	}
	switch len(counties) {
	case 0:
		return standard.Division{}, fault.Newf(fault.NotFound, "division-unknown", "请用县的全名或六位代码", "区划表中没有县「%s」", query).In("county")
	case 1:
		return counties[0], nil
	}
	const most = 20
	names := make([]string, 0, most)
	for _, d := range counties[:min(len(counties), most)] {
		names = append(names, d.Code+" "+d.FullName)
	}
	more := ""
	if len(counties) > most {
		more = "等"
	}
	return standard.Division{}, fault.Newf(fault.Invalid, "division-ambiguous", "请用六位代码指明:"+strings.Join(names, "、")+more,
		"「%s」对应 %d 个县", query, len(counties)).In("county")
}
