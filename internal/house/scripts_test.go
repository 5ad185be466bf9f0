package house_test

import (
	"path"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// TestScripts_SuitOldBrowsers: township offices have browsers as old as Chromium 86. What esbuild writes for it must be
// what it writes for the newest: nothing of ours has to be rewritten to run there.
func TestScripts_SuitOldBrowsers(t *testing.T) {
	tr := load(t)
	loaders := map[string]api.Loader{".js": api.LoaderJS, ".css": api.LoaderCSS}
	seen := 0
	for name, loader := range loaders {
		for _, p := range tr.with("internal/web/static", name) {
			if strings.Contains(p, "/vendor/") {
				continue
			}
			seen++
			text := tr.read(t, p)
			newest := api.Transform(text, api.TransformOptions{Loader: loader, Target: api.ESNext, Sourcefile: path.Base(p)})
			old := api.Transform(text, api.TransformOptions{Loader: loader, Engines: []api.Engine{{Name: api.EngineChrome, Version: "86"}}, Sourcefile: path.Base(p)})
			for _, m := range append(append(newest.Errors, old.Errors...), old.Warnings...) {
				t.Errorf("%s: %s", p, m.Text)
			}
			if string(newest.Code) != string(old.Code) {
				t.Errorf("%s uses what Chromium 86 does not have: %s", p, firstDifference(string(newest.Code), string(old.Code)))
			}
		}
	}
	if seen < 3 {
		t.Errorf("only %d files looked at", seen)
	}
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return as[i]
		}
	}
	return "at the end"
}

// TestScripts_FindsWhatIsTooNew holds the rule to what it relies on.
func TestScripts_FindsWhatIsTooNew(t *testing.T) {
	for loader, text := range map[api.Loader]string{
		api.LoaderJS: "class A { #x; has(o) { return #x in o } }", api.LoaderCSS: ".a { .b { color: red } }",
	} {
		newest := api.Transform(text, api.TransformOptions{Loader: loader, Target: api.ESNext})
		old := api.Transform(text, api.TransformOptions{Loader: loader, Engines: []api.Engine{{Name: api.EngineChrome, Version: "86"}}})
		if len(old.Errors) == 0 && string(newest.Code) == string(old.Code) {
			t.Errorf("%q passes for Chromium 86", text)
		}
	}
}
