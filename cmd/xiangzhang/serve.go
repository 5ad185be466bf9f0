package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/identity"
	"xiangzhang/internal/org"
	"xiangzhang/internal/setup"
	"xiangzhang/internal/store"
	"xiangzhang/internal/web"
)

// serving is where and how pages are served.
type serving struct {
	addr, cert, key string
}

func (k *call) servingFlags() *serving {
	s := &serving{}
	k.flags.StringVar(&s.addr, "addr", "127.0.0.1:8080", "")
	k.flags.StringVar(&s.cert, "tls-cert", "", "")
	k.flags.StringVar(&s.key, "tls-key", "", "")
	return s
}

func runServe(ctx context.Context, k *call) error {
	s := k.servingFlags()
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) > 0 {
		return errUsage{"serve 不带其他参数"}
	}
	if k.output != "" {
		return errUsage{"serve 不用 -o"}
	}
	if err := errors.Join(s.check(), k.needFolders()); err != nil {
		return err
	}
	db, err := k.openCurrent(ctx, true, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	keys, err := k.loadKeys()
	if err != nil {
		return err
	}
	config := web.Config{DB: db, Keys: keys, Files: k.files}
	empty, err := withoutCounty(ctx, db)
	if err != nil {
		return err
	}
	switch {
	case empty:
		config.StartCode = rand.Text()
	case k.county != "":
		if config.County, err = k.theCounty(ctx, db); err != nil {
			return err
		}
	}
	return k.serve(ctx, s, config)
}

// withoutCounty tells whether nobody could sign in yet: the first county is made in the browser then.
func withoutCounty(ctx context.Context, db *store.DB) (bool, error) {
	var homes []org.Home
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		homes, err = org.Counties(tx)
		return err
	})
	return len(homes) == 0, err
}

// serve answers until the program is told to stop; what has been acknowledged by then is durable.
func (k *call) serve(ctx context.Context, s *serving, config web.Config) error {
	config.TLS, config.Log = s.cert != "", slog.Default()
	listener, err := s.listen()
	if err != nil {
		return err
	}
	handler, err := web.New(config)
	if err != nil {
		return err
	}
	defer web.Tune()()
	server := web.Server(handler)
	scheme := "http"
	if config.TLS {
		scheme = "https"
	}
	fmt.Fprintf(k.out, "乡账已在 %s://%s 开始服务,按 Ctrl+C 停止。\n", scheme, listener.Addr())
	if config.StartCode != "" {
		fmt.Fprintf(k.out, "库中还没有县。请在浏览器中打开 %s://%s%s 建立;这个地址只在本次运行有效,不要告诉别人。\n",
			scheme, listener.Addr(), web.StartPath(config.StartCode))
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := server.Shutdown(stopping); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// check refuses an address that would send pages over a line in the clear: plain HTTP is for the loopback only.
func (s *serving) check() error {
	host, _, err := net.SplitHostPort(s.addr)
	if err != nil {
		return errUsage{fmt.Sprintf("地址「%s」写法不对,应如 127.0.0.1:8080", s.addr)}
	}
	ip := net.ParseIP(host)
	if s.cert == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errUsage{fmt.Sprintf("地址 %s 不在本机,须用 --tls-cert 和 --tls-key 加密", s.addr)}
	}
	return nil
}

// listen opens the address.
func (s *serving) listen() (net.Listener, error) {
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return nil, fault.Newf(fault.Conflict, "address-taken", "请停掉占用的程序,或用 --addr 换一个端口", "不能在 %s 开始服务", s.addr).Because(err)
	}
	if s.cert == "" {
		return listener, nil
	}
	pair, err := tls.LoadX509KeyPair(s.cert, s.key)
	if err != nil {
		listener.Close()
		return nil, fault.New(fault.Invalid, "tls-files", "证书或密钥不能使用", "请核对 --tls-cert 和 --tls-key").Because(err)
	}
	return tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), nil
}

func runUser(ctx context.Context, k *call) error {
	words, err := k.parse()
	if err != nil {
		return err
	}
	if len(words) == 0 {
		return errUsage{"请指明 list 或 reset-password"}
	}
	db, err := k.open(ctx, false, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	county, err := k.theCounty(ctx, db)
	if err != nil {
		return err
	}
	switch {
	case words[0] == "list" && len(words) == 1:
		return k.listUsers(ctx, db, county)
	case words[0] == "reset-password" && len(words) == 2:
		return k.resetPassword(ctx, db, county, words[1])
	}
	return errUsage{"请指明 list 或 reset-password 登录名"}
}

// user is one login as json lists it.
type user struct {
	Login    string   `json:"login"`
	Name     string   `json:"name"`
	Unit     string   `json:"unit"`
	Roles    []string `json:"roles"`
	Disabled bool     `json:"disabled"`
}

func (k *call) listUsers(ctx context.Context, db *store.DB, county int64) error {
	var logins []identity.Login
	err := db.Read(ctx, func(tx *store.Tx) (err error) {
		logins, err = identity.ListLogins(tx, county, "/")
		return err
	})
	if err != nil {
		return err
	}
	users := []user{}
	for _, l := range logins {
		u := user{Login: l.Name, Name: l.PersonName, Unit: l.UnitName, Roles: []string{}, Disabled: l.DisabledAt != ""}
		for _, r := range l.Roles {
			u.Roles = append(u.Roles, string(r.Role))
		}
		users = append(users, u)
	}
	return k.writeTo(func(w io.Writer) error {
		return k.printTo(w, map[string]any{"users": users}, func(w io.Writer) {
			for _, u := range users {
				fmt.Fprintf(w, "%s\t%s\t%s\t%v\n", u.Login, u.Name, u.Unit, u.Roles)
			}
		})
	})
}

func (k *call) resetPassword(ctx context.Context, db *store.DB, county int64, name string) error {
	plain, hash, err := identity.OneTimePassword(ctx)
	if err != nil {
		return err
	}
	out, err := k.openOutput(forSecrets)
	if err != nil {
		return err
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		l, err := identity.FindLogin(tx, county, name)
		if err != nil {
			return err
		}
		return identity.BootstrapPassword(tx, county, l.ID, hash)
	})
	if err == nil {
		err = k.printTo(out, setup.Secret{Login: name, Password: plain}, func(w io.Writer) {
			fmt.Fprintf(w, "%s 的一次性密码是 %s,首次登录须修改。\n", name, plain)
		})
	}
	return out.finish(err)
}

// isTerminal reports whether progress may be shown.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
