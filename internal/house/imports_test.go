package house_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const architecture = "docs/architecture.md"

// TestImports_FollowTheTable compares what packages import with the table in docs/architecture.md: one visible
// direction, from the small values at the ground to the pages at the top. Test files may import anything; the table
// may be ahead of the code.
func TestImports_FollowTheTable(t *testing.T) {
	tr := load(t)
	if !slices.Contains(tr.paths, architecture) {
		t.Fatalf("%s is missing: it holds the table of who may import whom", architecture)
	}
	table := parseImportTable(t, tr.read(t, architecture))
	imports := map[string]map[string]string{} // package → imported → first file that does
	for _, f := range tr.goFiles(t) {
		if f.isTest() || !under(f.dir, "internal") { // cmd wires everything
			continue
		}
		pkg := tableName(f.dir)
		if imports[pkg] == nil {
			imports[pkg] = map[string]string{}
		}
		for _, spec := range f.ast.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			if imported, ours := strings.CutPrefix(path, module+"/"); ours {
				imports[pkg][tableName(imported)] = f.at(spec.Pos())
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		allowed, listed := table[pkg]
		if !listed {
			t.Errorf("package %s has no line in the imports table of %s: add one, and say there what it may import", pkg, architecture)
			continue
		}
		for _, imported := range slices.Sorted(maps.Keys(imports[pkg])) {
			if !slices.Contains(allowed, imported) && !slices.Contains(allowed, "*") {
				t.Errorf("%s: %s imports %s, which the table in %s does not allow: move the code, or argue for a new line", imports[pkg][imported], pkg, imported, architecture)
			}
		}
	}
}

// parseImportTable reads the block fenced as ```imports: "pkg: allowed, allowed"; * allows everything, # comments.
func parseImportTable(t *testing.T, doc string) map[string][]string {
	t.Helper()
	_, rest, found := strings.Cut(doc, "```imports\n")
	block, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatalf("%s has no block fenced as ```imports … ```: the table of who may import whom stands there", architecture)
	}
	table := map[string][]string{}
	for line := range strings.Lines(block) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		pkg, allowed, ok := strings.Cut(line, ":")
		pkg = strings.TrimSpace(pkg)
		if _, twice := table[pkg]; twice || !ok || pkg == "" {
			t.Errorf("%s: the line %q is not \"package: imports…\", or its package is listed twice", architecture, line)
			continue
		}
		table[pkg] = strings.FieldsFunc(allowed, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	}
	for pkg, allowed := range table {
		for _, a := range allowed {
			if _, listed := table[a]; !listed && a != "*" && a != "-" {
				t.Errorf("%s: %s may import %s, but %s has no line of its own", architecture, pkg, a, a)
			}
		}
	}
	return table
}

// tableName is how the table names a folder: without internal/ in front.
func tableName(dir string) string { return strings.TrimPrefix(dir, "internal/") }
