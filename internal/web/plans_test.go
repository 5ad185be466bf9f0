package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
	"xiangzhang/internal/web/webtest"
)

// large are the tables that have a million rows in a county: no page may walk one of them.
const large = `(document|voucher|entry|trail)`

// largeAs finds a large table in a query, with what it is called there.
var largeAs = regexp.MustCompile(`\b(?:from|join|,)\s+` + large + `\b(?:\s+(?:as\s+)?([a-z]\w*))?`)

// notNames are the words that may follow a table without being its name.
var notNames = regexp.MustCompile(`^(where|on|join|cross|left|inner|order|group|limit|union|having|using)$`)

var placeholder = regexp.MustCompile(`\$[0-9]+`)

// walks names the large tables that SQLite walks for a query, with the lines of its plan: it scans one, or keeps no more of
// its key than the county, which leads every key. The program gathers no statistics, so that a plan does not hang on what
// the tables hold.
func walks(t *testing.T, tx *store.Tx, query string) (found []string) {
	t.Helper()
	called := map[string]string{}
	for _, m := range largeAs.FindAllStringSubmatch(query, -1) {
		called[m[1]] = m[1]
		if m[2] != "" && !notNames.MatchString(m[2]) {
			called[m[2]] = m[1]
		}
	}
	if len(called) == 0 {
		return nil
	}
	most := 0
	for _, p := range placeholder.FindAllString(query, -1) {
		var n int
		fmt.Sscanf(p, "$%d", &n)
		most = max(most, n)
	}
	args := make([]any, most)
	for i := range args {
		args[i] = "1"
	}
	rows, err := tx.Query("explain query plan "+query, args...)
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var line string
		if err := rows.Scan(&id, &parent, &unused, &line); err != nil {
			t.Fatal(err)
		}
		word := strings.Fields(line)
		if table := called[word[1]]; table != "" && (word[0] == "SCAN" || word[0] == "SEARCH" && strings.HasSuffix(line, "(county_id=?)")) {
			found = append(found, table+": "+line)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// mayWalk are queries that walk a large table with good reason, by a part of their text.
var mayWalk = []struct{ part, why string }{
	{`select exists (select 1 from voucher where county_id = $1)`, "whether anything is posted in the county: it ends at the first row"},
}

// TestPlans_NoPageWalksALargeTable draws every sight, and asks every address for people of several posts, on SQLite; then
// it looks at the plan of each query that was read.
func TestPlans_NoPageWalksALargeTable(t *testing.T) {
	s := siteOf(t, webtest.On(t, storetest.SQLite(t))) // PostgreSQL plans by statistics, not by the order of the tables
	in := map[string]person{"": {}}
	for _, sight := range s.world.Sights(t) {
		if _, known := in[sight.Login]; !known {
			in[sight.Login] = s.signIn(sight.Login)
		}
		s.look(in[sight.Login], sight)
	}
	other := siteOf(t, webtest.On(t, storetest.SQLite(t)))
	own, _ := other.townships()
	who := []person{other.signIn("kuaiji"), other.signIn("suozhang"), other.signIn("guoku"), other.signIn("sys")}
	for _, rt := range routes(Config{Demo: true, StartCode: webtest.StartCode}) {
		if method(rt.pattern) != http.MethodGet {
			continue
		}
		for _, p := range who {
			other.get(p, own.Path(rt.pattern))
		}
	}
	for _, q := range []string{"7000", "记-0001", "柳溪", "lxzy", "摘要 7000", "韩会计 摘要", "摘要 政府机关", "摘要 1002", "xzy yhck", "10-21", "10-21 柳溪镇 yhck"} {
		other.get(who[1], "/search?q="+url.QueryEscape(q))
	}
	queries := slices.Compact(slices.Sorted(slices.Values(append(s.world.DB.Prepared(), other.world.DB.Prepared()...))))
	if len(queries) < 100 {
		t.Fatalf("%d queries were read: the pages were not drawn", len(queries))
	}
	used := make([]bool, len(mayWalk))
	err := s.world.DB.Read(context.Background(), func(tx *store.Tx) error {
	next:
		for _, q := range queries {
			found := walks(t, tx, q)
			if len(found) == 0 {
				continue
			}
			for i, may := range mayWalk {
				if strings.Contains(q, may.part) {
					used[i] = true
					continue next
				}
			}
			t.Errorf("a page walks a table of a million rows (%s).\nBegin the query at its own small table and hold SQLite to it, so that the large one is looked up by its whole key:\n"+
				"  from small x cross join document d where x.county_id = $1 and … and d.county_id = x.county_id and d.document_id = x.document_id\n"+
				"or add the query with its reason to mayWalk. The query:\n%s", strings.Join(found, "; "), q)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, may := range mayWalk {
		if !used[i] {
			t.Errorf("no query that walks has %q any more: take it out of mayWalk", may.part)
		}
	}
}

// TestPlans_SeesAWalk: the test above would find one.
func TestPlans_SeesAWalk(t *testing.T) {
	err := storetest.SQLite(t).Read(context.Background(), func(tx *store.Tx) error {
		for query, walked := range map[string]bool{
			`select 1 from document d where d.county_id = $1 and d.state = $2`:                                                                           true,
			`select 1 from voucher where county_id = $1 and summary = $2`:                                                                                true,
			`select 1 from document where kind = $1`:                                                                                                     true,
			`select 1 from document d where d.county_id = $1 and d.document_id = $2`:                                                                     false,
			`select 1 from voucher_draft v cross join document d where v.county_id = $1 and d.county_id = v.county_id and d.document_id = v.document_id`: false,
			`select 1 from voucher v where v.county_id = $1 and v.book_id = $2 and v.period = $3`:                                                        false,
		} {
			if found := walks(t, tx, query); (len(found) > 0) != walked {
				t.Errorf("%s: %v", query, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
