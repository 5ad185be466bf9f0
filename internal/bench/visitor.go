package bench

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/document"
	"xiangzhang/internal/ledger"
)

// visitor is one person at a browser.
type visitor struct {
	office  *office
	random  *rand.Rand
	reviews bool // checks vouchers; the others make and post them
	cookie  string
	csrf    string
	took    map[string][]time.Duration
	sent    int // requests of the work under way
}

// visits is what a day is made of, in hundredths; the rest goes into vouchers.
var visits = []struct {
	share int
	kind  string
	path  func(v *visitor) string
}{
	{6, "home", func(*visitor) string { return "/" }},
	{6, "books", func(*visitor) string { return "/books" }},
	{14, "vouchers", func(v *visitor) string { return v.bookPath() + "?period=" + string(v.month()) }},
	{30, "lookup", func(v *visitor) string {
		return v.bookPath() + "/lookup?q=" + url.QueryEscape(v.words()) + "&period=" + string(v.month())
	}},
	{8, "form", func(v *visitor) string {
		if v.reviews {
			return "/review"
		}
		return v.bookPath() + "/vouchers/new"
	}},
	{8, "ledger", func(v *visitor) string {
		return v.bookPath() + "/statements/detail-ledger?account=500102&from=2026-01&to=" + string(v.month())
	}},
	{4, "journal", func(v *visitor) string {
		return v.bookPath() + "/statements/journal?from=2026-12&to=2026-12"
	}},
	{6, "balances", func(v *visitor) string { return v.bookPath() + "/statements/trial-balance?from=2026-01&to=2026-12" }},
	{4, "sheet", func(v *visitor) string { return v.bookPath() + "/statements/balance-sheet?to=2026-12" }},
}

func (v *visitor) month() calendar.Period { return calendar.PeriodOf(2026, 1+v.random.IntN(12)) }

// words are what people type to find an account: a code, initials, a name.
func (v *visitor) words() string {
	all := []string{"5", "50", "5001", "1002", "yhck", "yw", "ywhdfy", "czbk", "银行", "费用", "kc", "7101"}
	return all[v.random.IntN(len(all))]
}

// work does one thing: it looks at something, or takes a voucher one step further.
func (v *visitor) work(ctx context.Context, due time.Time) error {
	v.sent = 0
	draw := v.random.IntN(100)
	for _, look := range visits {
		if draw -= look.share; draw < 0 {
			_, err := v.get(ctx, look.kind, look.path(v), due)
			return err
		}
	}
	if v.reviews {
		if id, ok := v.office.take(&v.office.submitted); ok {
			if err := v.step(ctx, "check", id, "2", due); err != nil {
				return err
			}
			v.office.put(&v.office.checked, id)
			return nil
		}
		_, err := v.get(ctx, "queue", "/review", due)
		return err
	}
	if v.random.IntN(2) == 0 {
		if id, ok := v.office.take(&v.office.checked); ok {
			if err := v.step(ctx, "post", id, "3", due); err != nil {
				return err
			}
			v.office.mu.Lock()
			v.office.posted++
			v.office.mu.Unlock()
			return nil
		}
	}
	return v.enter(ctx, due)
}

// enter sends a voucher of four entries and opens what it became.
func (v *visitor) enter(ctx context.Context, due time.Time) error {
	b := v.book()
	id := document.NewID()
	draft := v.office.county.voucherOf(v.random, b, "2026-12")
	draft.Date = calendar.Period("2026-12").First().AddDays(v.random.IntN(20))
	form := url.Values{"document": {id}, "version": {"0"}, "date": {string(draft.Date)}, "word": {"记"}, "attachments": {"2"}, "do": {"submit"}}
	for i, l := range ledger.Typed(draft.Lines) {
		key := "f."
		if i > 1 {
			key = "b."
		}
		for name, value := range map[string]string{
			"summary": l.Summary, "account": l.Account, "function": l.Function, "economic": l.Economic, "project": l.Project,
			"fund": l.Fund, "party": l.Party, "debit": l.Debit, "credit": l.Credit,
		} {
			form.Add(key+name, value)
		}
	}
	to, err := v.post(ctx, "submit", fmt.Sprintf("/books/%d/vouchers", b.ID), form, due)
	if err != nil {
		return err
	}
	if _, err := v.get(ctx, "voucher", to, time.Now()); err != nil {
		return err
	}
	v.office.put(&v.office.submitted, id)
	return nil
}

// step takes a voucher one step and goes where the answer says.
func (v *visitor) step(ctx context.Context, step, id, version string, due time.Time) error {
	to, err := v.post(ctx, step, "/vouchers/"+id+"/"+step, url.Values{"version": {version}, "from": {""}}, due)
	if err != nil {
		return err
	}
	_, err = v.get(ctx, "queue", to, time.Now())
	return err
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

func (v *visitor) signIn(ctx context.Context, login string) error {
	v.took = map[string][]time.Duration{}
	if _, err := v.post(ctx, "sign-in", "/demo/sign-in", url.Values{"login": {login}, "county": {fmt.Sprint(v.office.county.id)}}, time.Now()); err != nil {
		return err
	}
	page, err := v.get(ctx, "home", "/password", time.Now())
	if err != nil {
		return err
	}
	token := csrfField.FindStringSubmatch(page)
	if token == nil {
		return fmt.Errorf("no token on the page")
	}
	v.csrf = token[1]
	return nil
}

func (v *visitor) get(ctx context.Context, kind, path string, due time.Time) (string, error) {
	return v.look(ctx, kind, path, due, http.StatusOK)
}

// look asks for a page that may answer in several ways.
func (v *visitor) look(ctx context.Context, kind, path string, due time.Time, wants ...int) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.office.base+path, nil)
	if err != nil {
		return "", err
	}
	if kind == "lookup" {
		r.Header.Set("Accept", "application/json") // as the grid's script asks
	}
	if kind != "home" || v.csrf != "" {
		r.Header.Set("Accept-Encoding", "gzip") // as browsers ask; nobody unpacks it here
	}
	body, _, err := v.send(r, kind, due, wants...)
	return body, err
}

func (v *visitor) post(ctx context.Context, kind, path string, form url.Values, due time.Time) (to string, err error) {
	form.Set("csrf", v.csrf)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.office.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	_, to, err = v.send(r, kind, due, http.StatusSeeOther)
	return to, err
}

// send asks and measures from the instant that the request was due.
func (v *visitor) send(r *http.Request, kind string, due time.Time, wants ...int) (body, to string, err error) {
	v.sent++
	if v.cookie != "" {
		r.Header.Set("Cookie", v.cookie)
	}
	answer, err := v.office.client.Do(r)
	if err != nil {
		return "", "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", "", err
	}
	v.took[kind] = append(v.took[kind], time.Since(due))
	if !slices.Contains(wants, answer.StatusCode) {
		return "", "", fmt.Errorf("bench: %s %s answers %s, want %d", r.Method, r.URL.Path, answer.Status, wants)
	}
	for _, k := range answer.Cookies() {
		if k.Name == "xiangzhang" { // the session's; another remembers where the person was
			v.cookie = k.Name + "=" + k.Value
		}
	}
	return string(text), answer.Header.Get("Location"), nil
}
