package house_test

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

const pages = "internal/web/page"

// latin are the words in Latin letters that a page may show: formats, keys of the keyboard, names of things that
// have no Chinese name in use. Everything else that a person reads is Chinese, in the official terms.
var latin = []string{
	"CSV", "XLSX", "PDF", "GBK", "UTF", "JSON", "ZIP", "SHA", "SQLite", "PostgreSQL", "TLS", "hledger",
	"Enter", "Tab", "Esc", "Ctrl", "Shift", "Alt", "Space", "Home", "End", "Delete",
	"xiangzhang", "Apache",
	"yhck", // the initials of 银行存款, as the example of how an account is keyed
}

// shown are the attributes whose text a person reads or hears.
var shown = []string{"title", "placeholder", "alt", "aria-label", "aria-description", "label"}

var (
	action    = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	latinWord = regexp.MustCompile(`[A-Za-z]{3,}`)
)

// TestPages_SpeakChinese: an English word on a page is one that a township accountant cannot act on.
func TestPages_SpeakChinese(t *testing.T) {
	tr := load(t)
	for _, p := range tr.with(pages, ".html") {
		for _, text := range shownTexts(t, tr.read(t, p)) {
			for _, word := range latinWord.FindAllString(text, -1) {
				if !slices.Contains(latin, word) {
					t.Errorf("%s: the page says %q in %q: say it in the official Chinese term, or list it in latin", p, word, text)
				}
			}
		}
	}
}

// oneWord names words for which the program says another everywhere: two words for one step look like two steps.
var oneWord = map[string]string{"复核": "审核"}

// TestPages_OneWordForOneStep reads what is shown and printed, and the glossary.
func TestPages_OneWordForOneStep(t *testing.T) {
	tr := load(t)
	read := append(tr.with(pages, ".html"), "docs/glossary.md")
	for _, dir := range []string{"internal/web", "internal/paper", "internal/ledger", "internal/document"} {
		read = append(read, tr.with(dir, ".go")...)
	}
	for _, p := range append(read, tr.with("internal/web/static", ".js")...) {
		for word, say := range oneWord {
			if strings.Contains(tr.read(t, p), word) {
				t.Errorf("%s says %s; say %s", p, word, say)
			}
		}
	}
}

// shownTexts gives what a reader of the page sees: text outside tags and actions, and the attributes that are read.
func shownTexts(t *testing.T, page string) []string {
	t.Helper()
	var texts []string
	z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(page, " ")))
	silent := false // inside script or style
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if err := z.Err(); !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			return texts
		case html.TextToken:
			if text := strings.TrimSpace(html.UnescapeString(string(z.Raw()))); text != "" && !silent {
				texts = append(texts, text)
			}
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			tok := z.Token()
			if tok.Data == "script" || tok.Data == "style" {
				silent = kind == html.StartTagToken
			}
			for _, a := range tok.Attr {
				if slices.Contains(shown, a.Key) || tok.Data == "input" && a.Key == "value" && submits(tok) {
					texts = append(texts, a.Val)
				}
			}
		}
	}
}

// submits tells whether an input shows its value as the name of a button.
func submits(tok html.Token) bool {
	return slices.ContainsFunc(tok.Attr, func(a html.Attribute) bool {
		return a.Key == "type" && slices.Contains([]string{"submit", "button", "reset"}, a.Val)
	})
}

// TestShownTexts holds the reader to what the rule relies on.
func TestShownTexts(t *testing.T) {
	got := shownTexts(t, `{{define "show"}}<!-- note --><p class="wide" title="Balance sheet">金额&nbsp;{{.Amount "fen"}} total</p>
<script src="/static/grid.js">let hidden = 1</script><input type="submit" value="Save"><input type="text" value="kept">{{end}}`)
	want := []string{"Balance sheet", "金额\u00a0  total", "Save"}
	if !slices.Equal(got, want) {
		t.Errorf("shown texts are %q, want %q", got, want)
	}
}
