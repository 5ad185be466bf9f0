package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/ledger"
	"xiangzhang/internal/org"
	"xiangzhang/internal/store"
)

// call is one invocation: its flags, its words and where it writes.
type call struct {
	command  command
	args     []string
	in       io.Reader
	out      io.Writer
	problems io.Writer

	flags    *flag.FlagSet
	data     string
	database string
	keys     string
	files    string
	county   string
	format   string
	output   string
}

func newCall(c command, args []string, in io.Reader, out, problems io.Writer) *call {
	k := &call{command: c, args: args, in: in, out: out, problems: problems, flags: flag.NewFlagSet(c.name, flag.ContinueOnError)}
	k.flags.SetOutput(io.Discard)
	k.flags.StringVar(&k.data, "data", "data", "")
	k.flags.StringVar(&k.database, "database", "", "")
	k.flags.StringVar(&k.keys, "keys", "", "")
	k.flags.StringVar(&k.files, "files", "", "")
	k.flags.StringVar(&k.county, "county", "", "")
	k.flags.StringVar(&k.format, "format", "text", "")
	k.flags.StringVar(&k.output, "o", "", "")
	return k
}

// parse reads flags and words in any order: flags may stand behind words. It gives the words.
func (k *call) parse(formats ...string) ([]string, error) {
	var words []string
	rest := k.args
	for {
		if err := k.flags.Parse(rest); err != nil {
			return nil, errUsage{"选项不对:" + strings.TrimPrefix(err.Error(), "flag provided but not defined: ")}
		}
		if k.flags.NArg() == 0 {
			break
		}
		words = append(words, k.flags.Arg(0))
		rest = k.flags.Args()[1:]
	}
	if len(formats) == 0 {
		formats = []string{"text", "json"}
	}
	if !slices.Contains(formats, k.format) {
		return nil, errUsage{fmt.Sprintf("格式「%s」不可用,可用:%s", k.format, strings.Join(formats, "、"))}
	}
	if k.keys == "" && k.database == "" {
		k.keys = filepath.Join(k.data, "keys")
	}
	if k.files == "" && k.database == "" {
		k.files = filepath.Join(k.data, "files")
	}
	return words, nil
}

// target is what store.Open opens.
func (k *call) target() string {
	if k.database != "" {
		return k.database
	}
	return filepath.Join(k.data, "xiangzhang.db")
}

// needFolders refuses a PostgreSQL database without folders for keys and files: nothing may land where nobody looks.
func (k *call) needFolders() error {
	if k.database != "" && (k.keys == "" || k.files == "") {
		return errUsage{"用 --database 时须以 --keys 和 --files 指明密钥和附件的目录"}
	}
	return nil
}

// open opens the database that is there; create makes the data folder.
func (k *call) open(ctx context.Context, create bool, o store.Options) (*store.DB, error) {
	if k.database == "" {
		if create {
			if err := os.MkdirAll(k.data, 0o700); err != nil {
				return nil, fmt.Errorf("数据目录 %s: %w", k.data, err)
			}
		} else if _, err := os.Stat(k.target()); err != nil {
			return nil, fault.Newf(fault.NotFound, "data-missing", "请先运行 demo 或 init,或用 --data 指明目录", "数据目录 %s 中没有数据库", k.data).Because(err)
		}
	}
	return store.Open(ctx, k.target(), o)
}

// openCurrent opens the database as open does, and brings in the official tables that this program has beyond those of
// the program that made it.
func (k *call) openCurrent(ctx context.Context, create bool, o store.Options) (*store.DB, error) {
	db, err := k.open(ctx, create, o)
	if err != nil {
		return nil, err
	}
	if err := db.Write(ctx, ledger.InstallStandards); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// theCounty gives the county asked for, or the only one there is.
func (k *call) theCounty(ctx context.Context, db *store.DB) (int64, error) {
	var homes []org.Home
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		homes, err = org.Counties(tx)
		return err
	})
	if err != nil {
		return 0, err
	}
	if k.county != "" {
		code, err := strconv.ParseInt(k.county, 10, 64)
		named := slices.DeleteFunc(slices.Clone(homes), func(h org.Home) bool { return (err != nil || h.ID != code) && h.Name != k.county })
		switch len(named) {
		case 0:
		case 1:
			return named[0].ID, nil
		default:
			return 0, severalCounties("库中有几个"+k.county, named)
		}
		return 0, fault.Newf(fault.NotFound, "county-unknown", "请核对 --county,或先用 init 建立该县", "库中没有县「%s」", k.county)
	}
	switch len(homes) {
	case 0:
		return 0, fault.New(fault.NotFound, "county-none", "库中还没有县", "请先运行 init 或 demo")
	case 1:
		return homes[0].ID, nil
	default:
		return 0, severalCounties("库中有几个县", homes)
	}
}

func severalCounties(what string, homes []org.Home) error {
	names := make([]string, len(homes))
	for i, h := range homes {
		names[i] = fmt.Sprintf("%d %s", h.ID, h.Name)
	}
	return errUsage{what + ",请用 --county 以代码指明:" + strings.Join(names, "、")}
}

// loadKeys opens the folder of keys.
func (k *call) loadKeys() (*identity.Keys, error) { return identity.LoadKeys(k.keys) }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
