package standard

import (
	"strings"
	"testing"

	"xiangzhang/internal/fault"
)

func TestDivisions_WholeTable(t *testing.T) {
	var count [len(levels)]int
	last := ""
	var ancestors [len(levels)]string
	err := eachDivision(func(code, name string, at int, p *path) bool {
		count[at]++
		if code <= last {
			t.Errorf("%s follows %s", code, last)
		}
		if at > 0 && !strings.HasPrefix(code, ancestors[at-1]) {
			t.Errorf("%s has no parent", code)
		}
		if name == "" || p[at] != name {
			t.Errorf("%s has no name", code)
		}
		last, ancestors[at] = code, code
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	want := [len(levels)]int{31, 342, 2978, 41352, 620573}
	if count != want {
		t.Errorf("%v rows by level, want %v", count, want)
	}
	if sum := count[0] + count[1] + count[2] + count[3] + count[4]; sum != 665_276 {
		t.Errorf("%d rows", sum)
	}
}

func TestFindDivisions(t *testing.T) {
	tests := []struct{ query, code, fullName string }{
		{"苍南县", "330327", "浙江省温州市苍南县"},
		{"苍南", "330327", "浙江省温州市苍南县"},
		{"330327", "330327", "浙江省温州市苍南县"},
		{"cnx", "330327", "浙江省温州市苍南县"},
		{" CangNan ", "330327", "浙江省温州市苍南县"},
		{"cangnanxian", "330327", "浙江省温州市苍南县"},
		{"灵溪镇", "330327100", "浙江省温州市苍南县灵溪镇"},
		{"六枝特区", "520203", "贵州省六盘水市六枝特区"},
		{"温州市", "3303", "浙江省温州市"},
		{"chongqing", "50", "重庆市"},
		{"东莞市", "441900", "广东省东莞市"},
		{"仙桃市", "429004", "湖北省仙桃市"},
		{"东城区", "110101", "北京市东城区"},
		{"城口县", "500229", "重庆市城口县"},
		{"乐亭", "130225", "河北省唐山市乐亭县"},
		{"laoting", "130225", "河北省唐山市乐亭县"},
		{"330327100201", "330327100201", "浙江省温州市苍南县灵溪镇北山下村委会"},
	}
	for _, tt := range tests {
		list, err := FindDivisions(tt.query, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 || list[0].Code != tt.code || list[0].FullName != tt.fullName {
			t.Errorf("FindDivisions(%s) = %+v, want %s %s first", tt.query, list, tt.code, tt.fullName)
		}
	}
}

func TestFindDivisions_CountiesBeforeTownshipsBeforeVillages(t *testing.T) {
	list, err := FindDivisions("朝阳", 400)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 400 {
		t.Fatalf("%d answers", len(list))
	}
	rank := map[string]int{County: 0, City: 1, Province: 2, Township: 3, VillageOrBlock: 4}
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if a.Name != "朝阳" && rank[a.Level] > rank[b.Level] { // whole matches come first, whatever their level
			t.Errorf("%s %s stands before %s %s", a.Code, a.Name, b.Code, b.Name)
		}
	}
	if list[0].Level != County {
		t.Errorf("first is %+v", list[0])
	}
}

func TestFindDivisions_NothingToFind(t *testing.T) {
	for _, query := range []string{"", "  ", "990001", "没有这个地方", "zzzzzzzz"} {
		if list, err := FindDivisions(query, 10); err != nil || len(list) != 0 {
			t.Errorf("FindDivisions(%q) = %v, %v", query, list, err)
		}
	}
	if list, err := FindDivisions("苍南县", 0); err != nil || len(list) != 0 {
		t.Errorf("no answers wanted: %v, %v", list, err)
	}
}

func TestCountyDivisions(t *testing.T) {
	tests := []struct {
		code                string
		townships, villages int
	}{
		{"330327", 18, 431}, {"620821", 15, 221}, {"410581", 20, 589}, {"520203", 18, 253}, {"451081", 19, 293},
	}
	for _, tt := range tests {
		list, err := CountyDivisions(tt.code)
		if err != nil {
			t.Fatal(err)
		}
		n := map[string]int{}
		for _, d := range list {
			n[d.Level]++
		}
		if list[0].Code != tt.code || n[County] != 1 || n[Township] != tt.townships || n[VillageOrBlock] != tt.villages || len(list) != 1+tt.townships+tt.villages {
			t.Errorf("%s: first %+v, %v", tt.code, list[0], n)
		}
	}
}

// 东莞, 中山 and 儋州 have no districts: the table repeats the city on the county level, so that townships have a county.
func TestCountyDivisions_CityWithoutDistricts(t *testing.T) {
	list, err := CountyDivisions("441900")
	if err != nil {
		t.Fatal(err)
	}
	if list[0].FullName != "广东省东莞市" || list[1].Level != Township || list[1].FullName != "广东省东莞市东城街道" {
		t.Errorf("%+v, %+v", list[0], list[1])
	}
}

func TestCountyDivisions_Refuses(t *testing.T) {
	if _, err := CountyDivisions("990001"); !fault.HasCode(err, "division-unknown") {
		t.Errorf("an invented county: %v", err)
	}
	if _, err := CountyDivisions("3303"); !fault.HasCode(err, "division-not-county") {
		t.Errorf("a city: %v", err)
	}
}

func TestDivision_Short(t *testing.T) {
	tests := map[string]string{
		"北山下村委会":      "北山下村",
		"灵溪村村委会":      "灵溪村",
		"上街居委会":       "上街",
		"东泰社区居民委员会":   "东泰社区",
		"多福巷社区居委会":    "多福巷社区",
		"王四营大队村民委员会":  "王四营大队",
		"李庄村民委员会":     "李庄村",
		"城中社区":        "城中社区",
		"灵溪镇":         "灵溪镇",
		"巴彦图嘎嘎查村民委员会": "巴彦图嘎嘎查",
		"居委会":         "居委会",
	}
	for name, want := range tests {
		if got := (Division{Name: name}).Short(); got != want {
			t.Errorf("%s is shown as %s, want %s", name, got, want)
		}
	}
}
