package house_test

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestPackages_NamedForTheirWork: a package named for its place in a stack collects what nobody else wanted.
func TestPackages_NamedForTheirWork(t *testing.T) {
	refused := []string{"util", "utils", "common", "helper", "helpers", "model", "models", "service", "services", "misc", "shared"}
	for _, f := range load(t).goFiles(t) {
		for _, name := range []string{strings.TrimSuffix(f.ast.Name.Name, "_test"), path.Base(f.dir)} {
			if slices.Contains(refused, name) {
				t.Errorf("%s: a package named %s: name it for the work it does, in a word of docs/glossary.md", f.path, name)
			}
		}
	}
}

// TestPackages_Introduced: each opens with its purpose, the invariants it keeps and the rule it follows.
func TestPackages_Introduced(t *testing.T) {
	introduced := map[string]bool{}
	for _, f := range load(t).goFiles(t) {
		if f.isTest() {
			continue
		}
		begins := "Package " + f.ast.Name.Name + " "
		if f.ast.Name.Name == "main" {
			begins = "Command " + path.Base(f.dir) + " "
		}
		introduced[f.dir] = introduced[f.dir] || strings.HasPrefix(f.ast.Doc.Text(), begins)
	}
	for _, dir := range slices.Sorted(maps.Keys(introduced)) {
		if !introduced[dir] {
			t.Errorf("%s: no comment that begins \"Package %s …\" (or \"Command …\") and says what it is for", dir, path.Base(dir))
		}
	}
}

// longest is what a reader can still know by heart: a file of one subject is far below it.
const longest = 600

// TestFiles_Short counts lines of what people write; data, generated and vendored files are not read that way.
func TestFiles_Short(t *testing.T) {
	written := []string{".go", ".sql", ".html", ".css", ".js", ".mjs", ".sh"}
	apart := regexp.MustCompile(`(^|/)(testdata|vendor)/|^internal/standard/.*\.(csv|json|txt)$`)
	generated := regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)
	tr := load(t)
	for _, p := range tr.paths {
		if !slices.Contains(written, path.Ext(p)) || apart.MatchString(p) {
			continue
		}
		text := tr.read(t, p)
		if n := strings.Count(text, "\n"); n > longest && !generated.MatchString(text) {
			t.Errorf("%s has %d lines, more than %d: split it by subject", p, n, longest)
		}
	}
}

// TestText_NamesNobodysMachine: a path or a setting of one machine means nothing on another.
func TestText_NamesNobodysMachine(t *testing.T) {
	// Written in pieces, so that this file does not find itself.
	personal := regexp.MustCompile(`(^|[\s"'` + "`" + `=(:,])/(work|root|home|Users)` + `/[\w.]|(?i)GOPRO` + `XY|GOSUM` + `DB`)
	tr := load(t)
	for _, p := range tr.paths {
		text := tr.read(t, p)
		if p == "go.sum" || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			continue
		}
		if i := personal.FindStringIndex(text); i != nil {
			t.Errorf("%s:%d: %q names one person's machine", p, 1+strings.Count(text[:i[0]], "\n"), strings.TrimSpace(text[i[0]:i[1]]))
		}
	}
}
