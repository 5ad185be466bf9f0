package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "xiangzhang"

// outside are folders that hold no source of ours: what the program and its tools leave behind.
var outside = []string{".git", ".cache", "bin", "data"}

// A tree is the repository as the tests of this package read it.
type tree struct {
	paths []string // of all files, relative to the root, with slashes
	root  string
}

// A goFile is a parsed Go file with its package's folder.
type goFile struct {
	path, dir string
	fset      *token.FileSet
	ast       *ast.File
	src       string
}

func (f *goFile) isTest() bool { return strings.HasSuffix(f.path, "_test.go") }

// at names a place in the file the way editors open it.
func (f *goFile) at(pos token.Pos) string {
	p := f.fset.Position(pos)
	return f.path + ":" + strconv.Itoa(p.Line)
}

// line gives the text of the line that holds pos.
func (f *goFile) line(pos token.Pos) string {
	return strings.Split(f.src, "\n")[f.fset.Position(pos).Line-1]
}

// load walks the repository once per test; it is small.
func load(t *testing.T) *tree {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("no go.mod in %s: has this package moved?", root)
	}
	tr := &tree{root: root}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if slices.Contains(outside, rel) {
				return fs.SkipDir
			}
			return nil
		}
		if d.Type().IsRegular() {
			tr.paths = append(tr.paths, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func (tr *tree) read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(tr.root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// with gives the files under a folder whose names end so.
func (tr *tree) with(folder, suffix string) []string {
	var found []string
	for _, p := range tr.paths {
		if under(p, folder) && strings.HasSuffix(p, suffix) {
			found = append(found, p)
		}
	}
	return found
}

// goFiles parses every Go file, those for other systems included; testdata is not source.
func (tr *tree) goFiles(t *testing.T) []*goFile {
	t.Helper()
	var files []*goFile
	for _, p := range tr.with(".", ".go") {
		if strings.Contains(p, "/testdata/") {
			continue
		}
		src := tr.read(t, p)
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, p, src, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, &goFile{path: p, dir: filepath.ToSlash(filepath.Dir(p)), fset: fset, ast: parsed, src: src})
	}
	if len(files) == 0 {
		t.Fatal("no Go files found: nothing would be checked")
	}
	return files
}

// under tells whether a path is the folder or lies in it; "." holds everything.
func under(path, folder string) bool {
	return folder == "." || path == folder || strings.HasPrefix(path, folder+"/")
}

func underAny(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return under(path, f) })
}
