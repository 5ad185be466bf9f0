package ledger_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"xiangzhang/internal/document"
	"xiangzhang/internal/fault"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/money"
	"xiangzhang/internal/store"
	"xiangzhang/internal/store/storetest"
)

// crashRounds is how often the program is killed; XIANGZHANG_CRASH_ROUNDS sets it.
const crashRounds = 8

// The child is this test program once more, told by these variables to post until it is killed.
const (
	crashTarget = "XIANGZHANG_CRASH_TARGET" // database
	crashLimit  = "XIANGZHANG_CRASH_LIMIT"  // most bytes of a file that the system lets the child write; empty: none
)

func TestMain(m *testing.M) {
	if target := os.Getenv(crashTarget); target != "" {
		if err := postUntilKilled(target, os.Getenv(crashLimit), os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

const crashPosters = 16

// postUntilKilled posts from many goroutines, opened as a server opens its database, and tells every voucher that was
// acknowledged. It ends when a step fails, and tells why.
func postUntilKilled(target, limit string, out io.Writer) error {
	if limit != "" {
		if err := limitFiles(limit); err != nil {
			return err
		}
	}
	db, err := store.Open(context.Background(), target, store.Options{})
	if err != nil {
		return err
	}
	d := deskPeople(db)
	var b ledger.Book
	err = db.Read(context.Background(), func(tx *store.Tx) (err error) {
		b, err = ledger.BookByCode(tx, county, "101")
		return err
	})
	if err != nil {
		return err
	}
	failed := make(chan error, crashPosters)
	lines := make(chan string, crashPosters)
	for i := range crashPosters {
		go func() {
			for fen := money.Fen(1); ; fen++ {
				id := document.NewID()
				var n ledger.Number
				err := db.Write(context.Background(), func(tx *store.Tx) (err error) {
					n, err = ledger.PostAtOnce(tx, d.accountant, d.reviewer, id, supplies(b, "2026-10-01", fen*crashPosters+money.Fen(i)))
					return err
				})
				if err != nil {
					failed <- err
					return
				}
				lines <- fmt.Sprintf("%s %d\n", id, n.Number)
			}
		}()
	}
	for {
		select {
		case line := <-lines:
			if _, err := io.WriteString(out, line); err != nil {
				return err
			}
		case err := <-failed:
			if limit == "" {
				return err
			}
			for range crashPosters - 1 { // all stop at the full disk
				for stopped := false; !stopped; {
					select {
					case line := <-lines:
						io.WriteString(out, line)
					case <-failed:
						stopped = true
					}
				}
			}
			_, werr := fmt.Fprintf(out, "stopped %s %v\n", codeOf(err), err)
			return werr
		}
	}
}

// limitFiles lets the system refuse to make any file of this process larger than so many bytes. The signal that goes
// with the refusal is ignored by Go programs.
func limitFiles(bytes string) error {
	n, err := strconv.ParseUint(bytes, 10, 64)
	if err != nil {
		return fmt.Errorf("limit %q: %w", bytes, err)
	}
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
}

func codeOf(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return "unknown"
}

// acknowledged is what a child said before it ended: numbers by document, and why it stopped.
type acknowledged struct {
	numbers map[string]int64
	stopped string
}

// runChild lets a child post into target and kills it after a while; zero lets it run to its own end.
func runChild(t *testing.T, target, limit string, life time.Duration) acknowledged {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), crashTarget+"="+target, crashLimit+"="+limit)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	got := acknowledged{numbers: map[string]int64{}}
	var timer *time.Timer
	for in := bufio.NewReader(out); ; {
		line, err := in.ReadString('\n')
		if err != nil { // the line that the kill cut off was not acknowledged
			break
		}
		if timer == nil && life > 0 { // from the first voucher on, so that every round posts
			timer = time.AfterFunc(life, func() { child.Process.Kill() })
		}
		id, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if id == "stopped" {
			got.stopped = rest
			continue
		}
		n, err := strconv.ParseInt(rest, 10, 64)
		if err != nil {
			t.Fatalf("the child said %q", line)
		}
		got.numbers[id] = n
	}
	err = child.Wait()
	if life == 0 && err != nil {
		t.Fatalf("the child failed: %v", err)
	}
	if len(got.numbers) == 0 {
		t.Fatal("the child acknowledged no voucher")
	}
	return got
}

// holds proves that a database opens, has every voucher that was ever acknowledged, and verifies.
func holds(t *testing.T, target string, acked map[string]int64) {
	t.Helper()
	db, err := store.Open(context.Background(), target, store.Options{})
	if err != nil {
		t.Fatalf("open again: %v", err)
	}
	defer db.Close()
	err = db.Read(context.Background(), func(tx *store.Tx) error {
		b, err := ledger.BookByCode(tx, county, "101")
		if err != nil {
			return err
		}
		heads, err := ledger.ListVouchers(tx, b, "2026-10", "2026-10")
		if err != nil {
			return err
		}
		kept := map[string]int64{}
		for _, h := range heads {
			kept[h.Document] = h.Number.Number
		}
		for id, n := range acked {
			if kept[id] != n {
				t.Errorf("voucher %s was acknowledged as %d and is %d", id, n, kept[id])
			}
		}
		v, err := ledger.Verify(context.Background(), tx.DB(), county, nil)
		if err == nil && (!v.OK || v.Checked["vouchers"] != int64(len(kept))) {
			t.Errorf("verify: %d vouchers of %d, %+v", v.Checked["vouchers"], len(kept), v.Violations)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// newTarget makes a database with the desk's books for children to post into.
func newTarget(t *testing.T, target string) string {
	t.Helper()
	db, err := store.Open(context.Background(), target, store.Options{Clock: func() time.Time { return storetest.Start }})
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, db)
	d.write(func(tx *store.Tx) error { // children live by the system's clock
		_, err := tx.Exec(`update county set business_date = '2026-10-23' where county_id = $1`, county)
		return err
	})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return target
}

// TestCrash_KeepsWhatItAcknowledged kills the program in the middle of posting, again and again.
func TestCrash_KeepsWhatItAcknowledged(t *testing.T) {
	rounds := int(walkNumber(t, "XIANGZHANG_CRASH_ROUNDS", crashRounds))
	for engine, target := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(t.TempDir(), "crash.db") },
		"postgres": func() string { return storetest.PostgresURL(t) },
	} {
		t.Run(engine, func(t *testing.T) {
			target := newTarget(t, target())
			acked := map[string]int64{}
			for range rounds {
				life := time.Duration(50+rand.IntN(350)) * time.Millisecond
				for id, n := range runChild(t, target, "", life).numbers {
					acked[id] = n
				}
				holds(t, target, acked)
				if t.Failed() {
					break
				}
			}
			t.Logf("%d rounds, %d vouchers acknowledged", rounds, len(acked))
		})
	}
}

// TestCrash_FileSystemRefuses lets the system refuse every byte over a limit: the people are told that the disk failed,
// and nothing that was acknowledged is lost.
func TestCrash_FileSystemRefuses(t *testing.T) {
	target := newTarget(t, filepath.Join(t.TempDir(), "full.db"))
	got := runChild(t, target, strconv.Itoa(6<<20), 0)
	if code, _, _ := strings.Cut(got.stopped, " "); code != "disk-full" && code != "disk-failed" {
		t.Errorf("the poster was told %q", got.stopped)
	}
	holds(t, target, got.numbers)
	after := runChild(t, target, "", 50*time.Millisecond) // there is room again
	for id, n := range got.numbers {
		after.numbers[id] = n
	}
	holds(t, target, after.numbers)
}

// TestCrash_DiskFull fills the database itself up, in one process that goes on reading and then writing.
func TestCrash_DiskFull(t *testing.T) {
	db := storetest.SQLite(t)
	d := newDesk(t, db)
	d.post(supplies(d.office, "2026-10-01", 100))
	limit := func(pages int) {
		t.Helper()
		d.write(func(tx *store.Tx) error {
			_, err := tx.Exec(fmt.Sprintf("pragma max_page_count = %d", pages))
			return err
		})
	}
	limit(1) // as many pages as there are
	posted := 1
	var full error
	for range 5000 {
		full = d.try(func(tx *store.Tx) error {
			_, err := ledger.PostAtOnce(tx, d.accountant, d.reviewer, document.NewID(), supplies(d.office, "2026-10-01", 100))
			return err
		})
		if full != nil {
			break
		}
		posted++
	}
	if want := "磁盘空间不足,本次操作没有保存,已保存的数据不受影响;请清理磁盘空间后重试。"; !fault.HasCode(full, "disk-full") || full.Error() != want {
		t.Fatalf("a full disk is told as %v", full)
	}
	count := func() (n int64) {
		v, err := ledger.Verify(context.Background(), db, county, nil)
		if err != nil || !v.OK {
			t.Errorf("verify: %v %+v", err, v.Violations)
		}
		return v.Checked["vouchers"]
	}
	if n := count(); n != int64(posted) {
		t.Errorf("%d vouchers stay of %d", n, posted)
	}
	limit(1 << 30)
	if n := d.post(supplies(d.office, "2026-10-02", 100)); n.Number != int64(posted)+1 {
		t.Errorf("the next number is %d after %d vouchers", n.Number, posted)
	}
	d.verify()
}
