package standard

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"strings"

	"xiangzhang/internal/fault"
)

// Levels of administrative divisions.
const (
	Province       = "province"
	City           = "city"
	County         = "county" // districts, county-level cities and banners too
	Township       = "township"
	VillageOrBlock = "village" // villages, neighbourhoods (居委会) and communities
)

// Division is a row of the statistics bureau's table. Its parent is the beginning of its code.
type Division struct {
	Code     string // 2, 4, 6, 9 or 12 digits
	Name     string // as printed: 北山下村委会
	Level    string
	FullName string // from the province down: 浙江省温州市苍南县
}

// DivisionSource names the edition of the division table.
const DivisionSource = "国家统计局2023年统计用区划代码（经 china-division 2.7.0 整理）"

// committees end the names of villages and neighbourhoods; longest first.
var committees = []string{"村民委员会", "居民委员会", "村委会", "居委会"}

// Short is the name without its committee: 桂园社区居委会 is 桂园社区. A village keeps 村, which the print shares with the
// committee's name: 北山下村委会 is 北山下村, as 灵溪村村委会 is 灵溪村.
func (d Division) Short() string {
	for _, suffix := range committees {
		stem, ok := strings.CutSuffix(d.Name, suffix)
		if !ok || stem == "" {
			continue
		}
		if strings.HasPrefix(suffix, "村") && !namesVillage(stem) {
			return stem + "村"
		}
		return stem
	}
	return d.Name
}

// namesVillage reports whether the name needs no 村 behind it.
func namesVillage(stem string) bool {
	for _, end := range []string{"村", "社区", "嘎查", "大队", "农场", "林场", "牧场", "渔场"} {
		if strings.HasSuffix(stem, end) {
			return true
		}
	}
	return false
}

// levelAt gives the place of a code in the hierarchy by its length, -1 where the length is none.
func levelAt(code string) int {
	switch len(code) {
	case 2:
		return 0
	case 4:
		return 1
	case 6:
		return 2
	case 9:
		return 3
	case 12:
		return 4
	default:
		return -1
	}
}

var levels = [...]string{Province, City, County, Township, VillageOrBlock}

// path holds the names from the province down to the row that is being read.
type path [len(levels)]string

// fullName joins the path of a row, leaving out what is no name (市辖区, 省直辖县级行政区划) and the district that a city
// without districts repeats (东莞市 441900 under 东莞市 4419).
func (p *path) fullName(at int) string {
	var b strings.Builder
	for i, name := range p[:at+1] {
		placeholder := i == 1 && (name == "市辖区" || name == "县" || strings.HasSuffix(name, "直辖县级行政区划"))
		repeated := i > 0 && name == p[i-1]
		if i < at && placeholder || repeated {
			continue
		}
		b.WriteString(name)
	}
	return b.String()
}

// eachDivision streams the table in code order until visit says stop. A full pass takes a fraction of a second and keeps
// nothing; the path is valid during the call only.
func eachDivision(visit func(code, name string, at int, p *path) (goOn bool)) error {
	f, err := files.Open("data/divisions.csv.gz")
	if err != nil {
		return fmt.Errorf("standard: divisions: %w", err)
	}
	defer f.Close()
	plain, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("standard: divisions: %w", err)
	}
	lines := bufio.NewScanner(plain)
	lines.Scan() // head
	var p path
	for lines.Scan() {
		code, name, _ := strings.Cut(lines.Text(), ",")
		at := levelAt(code)
		if at < 0 {
			return fmt.Errorf("standard: divisions: code %q has no level", code)
		}
		p[at] = name
		if !visit(code, name, at, &p) {
			return nil
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("standard: divisions: %w", err)
	}
	return nil
}

// CountyDivisions gives a county with all its townships and villages, in code order: parents come before children.
func CountyDivisions(code string) ([]Division, error) {
	if len(code) != 6 {
		return nil, fault.Newf(fault.Invalid, "division-not-county", "请用 6 位县级区划代码,例如 330327", "区划代码「%s」不是县级代码", code)
	}
	var list []Division
	err := eachDivision(func(c, name string, at int, p *path) bool {
		if strings.HasPrefix(c, code) {
			list = append(list, Division{c, name, levels[at], p.fullName(at)})
		}
		return c[:min(6, len(c))] <= code
	})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Newf(fault.NotFound, "division-unknown", "请按名称或代码查找县(市、区),例如「苍南」", "内置区划表没有县级代码「%s」", code)
	}
	return list, nil
}
