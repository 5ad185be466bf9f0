package web

import (
	"regexp"
	"testing"

	"xiangzhang/internal/standard"
)

// TestStandards_SourcesInChinese: a row of an official table names its document as people here read it.
func TestStandards_SourcesInChinese(t *testing.T) {
	word := regexp.MustCompile(`[A-Za-z]{3,}`)
	for _, e := range standard.Editions() {
		rows, err := standardRows(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if r.Source == "" || word.MatchString(r.Source) {
				t.Errorf("%s %s names its source %q", e.ID, r.Code, r.Source)
			}
		}
	}
	for source, want := range map[string]string{
		"财会〔2017〕25号 (a copy in a repository); suffix is ours": "财会〔2017〕25号", "2008年科目附录六 fsou.net.cn/html": "2008年科目附录六", "a public source file": "公开资料",
	} {
		if got := sourceSaid(source, false); got != want {
			t.Errorf("%q is said as %q", source, got)
		}
	}
}
