package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"

	"xiangzhang/internal/money"
)

//go:embed page
var pageFS embed.FS

// page is a typed page struct; it embeds Base.
type page interface{ base() *Base }

// views are the parsed templates by name, "voucher/form" for page/voucher/form.html. Each is a set of its own: the
// frame, the pieces that pages share (page/base/…_part.html), and the page itself, which defines "main".
type views struct {
	sets map[string]*template.Template
}

func loadViews(static *staticFiles) (*views, error) {
	funcs := template.FuncMap{
		"asset": static.url,
		"yuan":  func(f money.Fen) string { return f.String() },
		"blank": func(f money.Fen) string { return f.Blank() },
	}
	frame, err := template.New("frame").Funcs(funcs).ParseFS(pageFS, "page/base/frame.html", "page/base/*_part.html")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	v := &views{sets: map[string]*template.Template{}}
	names, err := fs.Glob(pageFS, "page/*/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_part.html") || name == "page/base/frame.html" {
			continue
		}
		set, err := frame.Clone()
		if err == nil {
			set, err = set.ParseFS(pageFS, name)
		}
		if err != nil {
			return nil, fmt.Errorf("web: %s: %w", name, err)
		}
		v.sets[strings.TrimSuffix(strings.TrimPrefix(name, "page/"), ".html")] = set.Lookup("frame.html")
	}
	return v, nil
}

// render draws a page, or only the named piece of it.
func (v *views) render(name, part string, p page) ([]byte, error) {
	set, ok := v.sets[name]
	if !ok {
		return nil, fmt.Errorf("web: no view %s", name)
	}
	if part != "" {
		set = set.Lookup(part)
	}
	var b bytes.Buffer
	if err := set.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("web: view %s: %w", name, err)
	}
	return b.Bytes(), nil
}
