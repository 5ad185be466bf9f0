package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver, registered as "pgx"

	"xiangzhang/internal/store"
)

// cluster is the one PostgreSQL server of this test process.
type cluster struct {
	dir  string
	hold io.WriteCloser // while this pipe is open the server runs
}

var (
	theCluster   = sync.OnceValues(startCluster)
	databases    atomic.Int64
	templateOnce sync.Once
	errTemplate  error
)

// PostgresURL makes an empty, migrated database on the process's cluster and gives its URL.
func PostgresURL(t testing.TB) string {
	t.Helper()
	c, err := theCluster()
	if err != nil {
		t.Fatalf("PostgreSQL is needed by this test (apt-get install postgresql): %v", err)
	}
	templateOnce.Do(func() { errTemplate = c.makeTemplate() })
	if errTemplate != nil {
		t.Fatalf("PostgreSQL template database: %v", errTemplate)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if err := c.admin("create database " + name + " template template_xiangzhang"); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if err := c.admin("drop database " + name + " with (force)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return c.url(name)
}

func (c *cluster) url(database string) string {
	return fmt.Sprintf("postgres:///%s?host=%s&user=xiangzhang&sslmode=disable", database, c.dir)
}

func (c *cluster) admin(statement string) error {
	db, err := sql.Open("pgx", c.url("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.Exec(statement)
	return err
}

// makeTemplate migrates one database; the others are copies of it.
func (c *cluster) makeTemplate() error {
	if err := c.admin("create database template_xiangzhang"); err != nil {
		return err
	}
	db, err := store.Open(context.Background(), c.url("template_xiangzhang"), store.Options{Unsafe: true})
	if err != nil {
		return err
	}
	return db.Close()
}

// binary finds a server program of the newest installed version.
func binary(name string) (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if err != nil {
		return "", err
	}
	slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
	if len(found) > 0 {
		return found[len(found)-1], nil
	}
	return exec.LookPath(name)
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path)))) // not a number: sorts first
	return n
}

// ordinary gives the credentials of a user who may run the server: PostgreSQL refuses to run as root.
func ordinary() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("no ordinary user to run PostgreSQL as")
}

// keeper runs the server for as long as its standard input is open, then ends it and removes its files: the cluster
// never outlives the tests, however they end.
const keeper = `"$1" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c full_page_writes=off \
	-c synchronous_commit=off -c max_connections=200 -c shared_buffers=64MB -c logging_collector=off >"$2/log" 2>&1 &
server=$!
cat >/dev/null
kill -INT $server
wait $server
rm -rf "$2"`

func startCluster() (*cluster, error) {
	initdb, err := binary("initdb")
	if err != nil {
		return nil, err
	}
	postgres, err := binary("postgres")
	if err != nil {
		return nil, err
	}
	as, err := ordinary()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		return nil, err
	}
	if as != nil {
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	attr := &syscall.SysProcAttr{Credential: as, Setpgid: true}
	init := exec.Command(initdb, "-D", dir+"/data", "-U", "xiangzhang", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	init.SysProcAttr, init.Dir = attr, dir
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w\n%s", err, out)
	}
	server := exec.Command("/bin/sh", "-c", keeper, "keeper", postgres, dir)
	server.SysProcAttr, server.Dir = attr, dir
	hold, err := server.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := server.Start(); err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, hold: hold}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		err := c.admin("select 1")
		if err == nil {
			return c, nil
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(dir + "/log") // may be missing: the error says enough
			return nil, fmt.Errorf("server did not start: %w\n%s", err, log)
		}
	}
}
