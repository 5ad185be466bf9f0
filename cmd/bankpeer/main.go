// Command bankpeer is the bank at the other end, for tests and trials: never shipped.
//
//	bankpeer -profile bank.json -script script.txt -dir exchange
//	bankpeer -profile bank.json -script script.txt -listen 127.0.0.1:9443 -cert bank.pem -key bank.key -ca county.pem
//
// The profile is json: the layouts of batch and answer, the bank's seed and the county's public key in base64, and what its
// account stands at in fen. What a script says is described at bankpeer.ParseScript.
package main

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/bankpeer"
	"xiangzhang/internal/money"
)

// profile is what the bank is told of itself and of the county.
type profile struct {
	Batch   bankfile.Layout `json:"batch"`
	Answer  bankfile.Layout `json:"answer"`
	Seed    []byte          `json:"seed"`
	County  []byte          `json:"county"`
	Opening int64           `json:"opening"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bankpeer:", err)
		os.Exit(1)
	}
}

func run() error {
	settings := flag.String("profile", "", "json of layouts, keys and opening balance")
	script := flag.String("script", "", "what the bank does, one line a batch; empty: it pays everything")
	dir := flag.String("dir", "", "folder to exchange files in")
	once := flag.Bool("once", false, "with -dir: work through what lies there and end")
	listen := flag.String("listen", "", "address to serve over mutual TLS")
	cert, key, ca := flag.String("cert", "", "the bank's certificate"), flag.String("key", "", "its key"), flag.String("ca", "", "authority of those who may speak to it")
	flag.Parse()
	bank, err := open(*settings, *script)
	if err != nil {
		return err
	}
	switch {
	case *listen != "":
		return serve(bank, *listen, *cert, *key, *ca)
	case *dir == "":
		return errors.New("-dir or -listen is needed")
	}
	for {
		if err := bank.Folder(*dir); err != nil || *once {
			return err
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func open(settings, script string) (*bankpeer.Bank, error) {
	text, err := os.ReadFile(settings)
	if err != nil {
		return nil, err
	}
	var p profile
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, err
	}
	if len(p.Seed) != ed25519.SeedSize || len(p.County) != ed25519.PublicKeySize {
		return nil, errors.New("profile: seed and county are keys of 32 bytes in base64")
	}
	var said []byte
	if script != "" {
		if said, err = os.ReadFile(script); err != nil {
			return nil, err
		}
	}
	orders, err := bankpeer.ParseScript(string(said))
	if err != nil {
		return nil, err
	}
	return bankpeer.New(bankfile.Profile{Batch: p.Batch, Answer: p.Answer}, ed25519.NewKeyFromSeed(p.Seed), p.County, money.Fen(p.Opening), orders), nil
}

func serve(bank *bankpeer.Bank, address, cert, key, ca string) error {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return errors.New("-ca holds no certificate")
	}
	s := &http.Server{
		Addr: address, Handler: bank.Handler(), ReadHeaderTimeout: 10 * time.Second,
		TLSConfig: &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MinVersion: tls.VersionTLS12},
	}
	return s.ListenAndServeTLS(cert, key)
}
