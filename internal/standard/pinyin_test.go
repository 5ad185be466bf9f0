package standard

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
)

var update = flag.Bool("update", false, "rewrite golden files")

func TestMnemonic(t *testing.T) {
	tests := []struct{ name, initials, full string }{
		{"银行存款", "yhck", "yinhangcunkuan"},
		{"库存现金", "kcxj", "kucunxianjin"},
		{"重庆市", "cqs", "chongqingshi"},
		{"恢复重建", "hfcj", "huifuchongjian"},
		{"长期待摊费用", "cqdtfy", "changqidaitanfeiyong"},
		{"行政支出", "xzzc", "xingzhengzhichu"},
		{"会计核算中心", "kjhszx", "kuaijihesuanzhongxin"},
		{"人大会议", "rdhy", "rendahuiyi"},
		{"债务还本支出", "zwhbzc", "zhaiwuhuanbenzhichu"},
		{"年初余额调整", "ncyetz", "nianchuyuetiaozheng"},
		{"差旅费", "clf", "chailvfei"},
		{"一般罚没收入", "ybfmsr", "yibanfamoshouru"},
		{"社会计划支出", "shjhzc", "shehuijihuazhichu"},
		{"国家长期项目", "gjcqxm", "guojiachangqixiangmu"},
		{"乡长", "xz", "xiangzhang"},
		{"应付款（一）ABC-12", "yfkyabc12", "yingfukuanyiabc12"},
		{"", "", ""},
	}
	for _, tt := range tests {
		if got := Mnemonic(tt.name); got != tt.initials {
			t.Errorf("Mnemonic(%s) = %s, want %s", tt.name, got, tt.initials)
		}
		if got := strings.Join(slices.Collect(newSpeller().syllables(tt.name)), ""); got != tt.full {
			t.Errorf("the reading of %s is %s, want %s", tt.name, got, tt.full)
		}
	}
}

// Every character with more than one reading in the names of accounts and classes, with the reading that is used and
// what decides it: a phrase of data/phrases.csv, or the dictionary's first reading. A person reads the golden file.
func TestPinyin_PolyphonesAreDecided(t *testing.T) {
	const golden = "testdata/polyphones.txt"
	got := strings.Join(polyphones(t), "")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("readings changed; read them and run with -update:\n%s", got)
	}
}

// polyphones gives a line for each character and what decides its reading, with the first name where it occurs.
func polyphones(t *testing.T) []string {
	t.Helper()
	s := newSpeller()
	firstName := map[string]string{}
	for _, name := range standardNames(t) {
		for rest := name; rest != ""; {
			if p, ok := s.phraseAt(rest); ok {
				for i, r := range []rune(p.text) {
					if isPolyphone(r) {
						key := fmt.Sprintf("%c\t%s\t%s", r, p.syllables[i], p.text)
						if _, seen := firstName[key]; !seen {
							firstName[key] = name
						}
					}
				}
				rest = rest[len(p.text):]
				continue
			}
			r, size := utf8.DecodeRuneInString(rest)
			rest = rest[size:]
			if isPolyphone(r) {
				key := fmt.Sprintf("%c\t%s\tdictionary", r, reading(r))
				if _, seen := firstName[key]; !seen {
					firstName[key] = name
				}
			}
		}
	}
	var lines []string
	for key, name := range firstName {
		lines = append(lines, key+"\t"+name+"\n")
	}
	slices.Sort(lines)
	return lines
}

func isPolyphone(r rune) bool {
	readings := strings.Split(pinyin.PinyinDict[int(r)], ",")
	return slices.ContainsFunc(readings, func(other string) bool { return toneless(other) != toneless(readings[0]) })
}

func standardNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, e := range Editions() {
		if e.IsChart() {
			for _, a := range accountSet(t, e.ID) {
				names = append(names, a.Name)
			}
			continue
		}
		for _, c := range classSet(t, e.ID) {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// localReadings are used in place names only and are missing from the dictionary.
var localReadings = map[string]string{"乐": "lao"} // 乐亭, 乐陵

func TestPhrases_OneSyllableForEachCharacter(t *testing.T) {
	n := 0
	for _, list := range phrases() {
		for _, p := range list {
			n++
			if utf8.RuneCountInString(p.text) != len(p.syllables) {
				t.Errorf("%s is read %v", p.text, p.syllables)
			}
			for i, r := range []rune(p.text) {
				if localReadings[string(r)] == p.syllables[i] {
					continue
				}
				offered := strings.Split(pinyin.PinyinDict[int(r)], ",")
				if !slices.ContainsFunc(offered, func(o string) bool { return toneless(o) == p.syllables[i] }) {
					t.Errorf("%s: %c is never read %s", p.text, r, p.syllables[i])
				}
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d phrases", n)
	}
}
