package picture

import (
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the goldens anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != got {
		t.Errorf("%s is not what is drawn (%v); refresh it with -update and look at it", name, err)
	}
	check(t, got)
}

// check proves what every picture keeps: well-formed, named, each mark a link with a title, no script and no style.
func check(t *testing.T, svg string) {
	t.Helper()
	links, titles := 0, 0
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "a":
			links++
		case "title":
			titles++
		case "script", "style", "image", "foreignObject":
			t.Errorf("the picture holds %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") || a.Value == "" {
				t.Errorf("%s has %s=%q", start.Name.Local, a.Name.Local, a.Value)
			}
		}
	}
	if titles != links+1 {
		t.Errorf("%d links and %d titles: each mark and the picture itself has one", links, titles)
	}
	if !strings.Contains(svg, "<desc ") {
		t.Error("the picture has no description")
	}
}

func TestBars(t *testing.T) {
	b := Bars{
		ID: "execution", Title: "支出执行", Desc: "时间进度 81.1%", Full: 10000, Mark: &Mark{8110, "时间进度 81.1%"},
		Rows: []Bar{
			{Label: "201 一般公共服务支出", Value: 7490, Text: "74.9%", Title: "201 一般公共服务支出 执行 74.9%", Path: "/books/1?a=1&b=2"},
			{Label: "2010301 行政运行 · 一个长得放不下的名称要截短才好看", Value: 9500, Text: "95.0%", Title: "95.0%", Path: "/books/1", Hot: true, Level: 1},
			{Label: "<超支>", Value: 12000, Text: "120.0%", Title: "120.0%", Path: "/books/2", Hot: true}, {Label: "冲回", Value: -5, Text: "-0.1%", Title: "-0.1%", Path: "/books/3"},
		},
	}
	golden(t, "bars.svg", string(b.SVG()))
	b.Full, b.Mark = 0, nil
	check(t, string(b.SVG()))
}

func TestMatrix(t *testing.T) {
	m := Matrix{ID: "months", Title: "各月状态", Desc: "2 套账", Columns: []string{"1 月", "2 月", "3 月"}, Rows: []Row{
		{"镇政府机关", "/books/1", []Cell{{Done, "1 月已结账", "/books/1?period=2026-01"}, {Under, "2 月在办 3 张", "/books/1?period=2026-02"}, {Late, "3 月逾期", "/books/1?period=2026-03"}}},
		{"石桥村股份经济合作社", "/books/2", []Cell{{}, {Empty, "2 月没有凭证", "/books/2?period=2026-02"}, {Done, "3 月已结账", "/books/2?period=2026-03"}}},
	}}
	golden(t, "matrix.svg", string(m.SVG()))
	check(t, string(Matrix{ID: "none", Title: "空", Desc: "没有账套"}.SVG()))
}

// TestShort: a label is cut by the room that it takes, never inside a character.
func TestShort(t *testing.T) {
	for label, want := range map[string]string{"短": "短", "一二三四五": "一二三四五", "一二三四五六": "一二三四五…", "2010301 行政运行": "2010301 行…"} {
		if got := short(label, 5); got != want {
			t.Errorf("short(%s) is %s, want %s", label, got, want)
		}
	}
}
