package browsertest_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"xiangzhang/internal/web"
	"xiangzhang/internal/web/webtest"
)

// chromium finds the browser; a machine without one cannot run these tests and is told so.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium on the PATH: install the package chromium, the browser tests need it")
	return ""
}

// picturesTo names the folder of the pictures that shoot takes.
const picturesTo = "XIANGZHANG_SCREENSHOTS"

// browser is one browser with one window, on a county of its own: world, where it is the small one of tests.
type browser struct {
	t      *testing.T
	ctx    context.Context
	world  *webtest.World
	server *httptest.Server
	line   *line
	shots  string // folder of what people asked to look at
}

// open starts the pages of the small county of tests, and a browser.
func open(t *testing.T) *browser {
	t.Helper()
	w := webtest.New(t)
	b := browse(t, web.Config{DB: w.DB, Keys: w.Keys, Files: w.Files, Demo: true})
	b.world = w
	return b
}

// browse starts pages and a browser with a fresh profile.
func browse(t *testing.T, config web.Config) *browser {
	t.Helper()
	path := chromium(t)
	h, err := web.New(config)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, line: &line{pages: h}, shots: os.Getenv(picturesTo)}
	b.server = httptest.NewServer(b.line)
	t.Cleanup(b.server.Close)
	if b.shots == "" {
		b.shots = t.TempDir()
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", false),
		chromedp.WindowSize(1366, 768),
	}
	alloc, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(alloc)
	t.Cleanup(cancel)
	b.ctx = ctx
	err = chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("script failed: %s", ev.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			if ev.Entry.Level == "error" && !strings.Contains(ev.Entry.Text, "the server responded with a status of 4") && !(b.line.faulty() && strings.Contains(ev.Entry.Text, "net::ERR")) {
				t.Errorf("browser says: %s %s", ev.Entry.Text, ev.Entry.URL)
			}
		}
	})
	if err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	b.do(command(log.Enable, cdp.Empty{}))
	b.window(1366, 768)
	return b
}

// command sends a command of the browser's protocol.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// window sets the size of the screen.
func (b *browser) window(width, height int64) {
	b.t.Helper()
	b.do(
		command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1}),
		command(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{}),
	)
}

// telephone makes the screen that of a telephone in the hand, touched instead of clicked.
func (b *browser) telephone() {
	b.t.Helper()
	b.do(
		command(emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: 390, Height: 844, DeviceScaleFactor: 1, Mobile: true}),
		command(emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: true}),
	)
}

// patience bounds one action.
const patience = 30 * time.Second

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.shoot("failed")
		b.t.Fatalf("browser: %v", err)
	}
}

// ask runs an action that gives a value.
func ask[T any](b *browser, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		b.shoot("failed")
		b.t.Fatalf("browser: %v", err)
	}
	return v
}

// visit opens an address of the server and waits for the page.
func (b *browser) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.server.URL+path), chromedp.WaitReady(chromedp.CSS("main")))
}

// press clicks and waits for the page that follows.
func (b *browser) press(sel string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(sel))); err != nil {
		b.shoot("failed")
		b.t.Fatalf("press %s: %v", sel, err)
	}
	b.do(chromedp.WaitReady(chromedp.CSS("main")))
}

// sent runs a script that leads to another page, and waits for it.
func (b *browser) sent(script string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	evaluate := func(ctx context.Context, t *chromedp.Target) error {
		_, err := chromedp.Evaluate[any](script+"; 0")(ctx, t)
		return err
	}
	if _, err := chromedp.RunResponse(ctx, chromedp.Func(evaluate)); err != nil {
		b.shoot("failed")
		b.t.Fatalf("browser: %v", err)
	}
	b.do(chromedp.WaitReady(chromedp.CSS("main")))
}

// signOut leaves the sign-in page before the browser.
func (b *browser) signOut() {
	b.t.Helper()
	b.visit("/")
	if strings.Contains(b.text("body"), "退出") {
		b.press(`form[action="/sign-out"] button`)
	}
}

// signIn changes to another person.
func (b *browser) signIn(login string) {
	b.t.Helper()
	b.signOut()
	b.do(chromedp.SendKeys(chromedp.CSS(`input[name="name"]`), login), chromedp.SendKeys(chromedp.CSS(`input[name="password"]`), webtest.Password))
	b.press(`form[action="/sign-in"] button`)
}

func (b *browser) text(sel string) string {
	b.t.Helper()
	return ask(b, chromedp.Text(chromedp.CSS(sel)))
}

// must fails where a part of the page does not say something.
func (b *browser) must(sel, want string) {
	b.t.Helper()
	if got := b.text(sel); !strings.Contains(got, want) {
		b.shoot("failed")
		b.t.Fatalf("%s says %q, want %q", sel, got, want)
	}
}

// shoot writes a picture of the window, for people to look at, where they asked for pictures: each takes a tenth of a second.
func (b *browser) shoot(name string) {
	b.t.Helper()
	if os.Getenv(picturesTo) == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Logf("no picture %s: %v", name, err)
		return
	}
	if _, err := png.DecodeConfig(bytes.NewReader(picture)); err != nil {
		b.t.Errorf("picture %s: %v", name, err)
	}
	if err := os.MkdirAll(b.shots, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.shots, name+".png"), picture, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// put types into an empty field, key by key.
func (b *browser) put(name string, row int, value string) chromedp.Action[chromedp.Void] {
	return chromedp.SendKeys(fmt.Sprintf(`(//input[@name="%s"])[%d]`, name, row), value)
}

// keys types where the caret is.
func (b *browser) keys(text string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(text))
}
