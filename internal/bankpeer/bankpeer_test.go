package bankpeer_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	mrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xiangzhang/internal/agreement"
	"xiangzhang/internal/bank"
	"xiangzhang/internal/bankfile"
	"xiangzhang/internal/bankpeer"
	"xiangzhang/internal/money"
)

var (
	county   = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	bankSeed = bytes.Repeat([]byte{2}, ed25519.SeedSize)
	bankKey  = ed25519.NewKeyFromSeed(bankSeed)
)

func profile() bankfile.Profile {
	return bankfile.Profile{Batch: bank.Common(bank.Batches).Layout, Answer: bank.Common(bank.Answers).Layout, Key: bankKey.Public().(ed25519.PublicKey)}
}

func open(t *testing.T, opening money.Fen, script string) *bankpeer.Bank {
	t.Helper()
	orders, err := bankpeer.ParseScript(script)
	if err != nil {
		t.Fatal(err)
	}
	return bankpeer.New(profile(), bankKey, county.Public().(ed25519.PublicKey), opening, orders)
}

func batch(n int, amounts ...money.Fen) (bankfile.Batch, []byte) {
	b := bankfile.Batch{Number: fmt.Sprintf("PL%06d", n), Date: "2026-10-23", Account: "6210000012345678"}
	for i, a := range amounts {
		b.Lines = append(b.Lines, bankfile.Line{Number: fmt.Sprint(i + 1), Payee: "张某", Account: "62284800000000", Amount: a, Purpose: "劳务"})
	}
	data, err := bankfile.Write(profile(), b, county)
	if err != nil {
		panic(err)
	}
	return b, data
}

// TestScript: the bank does what it is told, and its statement has what it paid, once.
func TestScript(t *testing.T) {
	peer := open(t, 100_000, "pay\nrefuse 2 账号户名不符; twice\ndelay 2\nnever\npay # 之后都付\n")
	said := func(b bankfile.Batch, answers []bankpeer.Answer) string {
		var out []string
		for _, a := range answers {
			read, err := bankfile.ReadAnswer(profile(), b, a.Name, a.Data)
			if err != nil {
				out = append(out, "refused")
				continue
			}
			for _, r := range read.Lines {
				out = append(out, fmt.Sprint(r.Number, r.Paid, r.Reason))
			}
		}
		return strings.Join(out, " ")
	}
	for i, want := range []string{"1true 2true", "1true 2false账号户名不符 1true 2false账号户名不符", "", ""} {
		b, data := batch(i+1, 1000, 2000)
		got, err := peer.Take(b.Number, data)
		if err != nil || said(b, got) != want {
			t.Errorf("batch %d: %q %v", i+1, said(b, got), err)
		}
	}
	late, _ := batch(3, 1000, 2000)
	if got := said(late, peer.Night()); got != "1true 2true" {
		t.Errorf("the late one: %q", got)
	}
	before := len(peer.Movements())
	again, data := batch(1, 1000, 2000)
	if got, err := peer.Take("again", data); err != nil || said(again, got) != "1true 2true" || len(peer.Movements()) != before {
		t.Errorf("sent again: %v, %d movements", err, len(peer.Movements()))
	}
	if _, err := peer.Take("cut", data[:len(data)/2]); err == nil || len(peer.Movements()) != before {
		t.Errorf("half a batch was paid: %v", err)
	}
	big, data := batch(9, 1_000_000)
	if got, err := peer.Take("big", data); err != nil || said(big, got) != "1false余额不足" {
		t.Errorf("more than there is: %v", err)
	}
	if _, err := bankpeer.ParseScript("lend 3"); err == nil {
		t.Error("a script that says nonsense")
	}
}

// TestWalk: whatever the script does to answers, an answer that is taken says what the bank paid, and the bank's statement
// runs on.
func TestWalk(t *testing.T) {
	const seed = 20261125
	rng := mrand.New(mrand.NewPCG(seed, 7))
	ways := []string{"pay", "refuse 1 户名不符", "delay 1", "never", "twice", "corrupt fen", "corrupt cut", "corrupt double", "corrupt swap", "corrupt encoding", "corrupt stranger", "corrupt other"}
	var script []string
	for range 200 {
		script = append(script, ways[rng.IntN(len(ways))])
	}
	peer := open(t, 1_000_000_00, strings.Join(script, "\n"))
	sent, taken, refused := map[string]bankfile.Batch{}, map[string]money.Fen{}, 0
	read := func(answers []bankpeer.Answer) {
		for _, a := range answers {
			got, err := bankfile.ReadAnswer(profile(), sent[a.Batch], a.Name, a.Data)
			if err != nil {
				refused++
				continue
			}
			var paid money.Fen
			for _, r := range got.Lines {
				if r.Paid {
					paid += r.Amount
				}
			}
			taken[a.Batch] = paid
		}
	}
	for i := range 200 {
		b, data := batch(i, money.Fen(rng.IntN(9000)+1), money.Fen(rng.IntN(9000)+1), money.Fen(rng.IntN(9000)+1))
		sent[b.Number] = b
		answers, err := peer.Take(b.Number, data)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		read(answers)
	}
	read(peer.Night())
	paid := map[string]money.Fen{}
	for _, m := range peer.Movements() {
		number, _, _ := strings.Cut(m.Reference, "-")
		paid[number] -= m.Amount
	}
	for number, amount := range taken {
		if paid[number] != amount {
			t.Errorf("seed %d: %s answered %s, paid %s", seed, number, amount, paid[number])
		}
	}
	if len(taken) < 50 || refused < 50 {
		t.Errorf("seed %d: %d taken and %d refused prove little", seed, len(taken), refused)
	}
	if _, err := agreement.Parse(bank.Common(bank.Statement).Layout, agreement.Bank, "对账单", peer.Statement(), "2026-10-23"); err != nil {
		t.Errorf("seed %d: the statement: %v", seed, err)
	}
}

// TestHandler_KnowsItsClients: without a certificate of the county nobody gets a word in.
func TestHandler_KnowsItsClients(t *testing.T) {
	peer := open(t, 100_000, "pay")
	pool, client := certificate(t)
	s := httptest.NewUnstartedServer(peer.Handler())
	s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool}
	s.StartTLS()
	defer s.Close()
	b, data := batch(1, 1000)
	stranger := s.Client()
	if _, err := stranger.Post(s.URL+"/batches/a", "text/csv", bytes.NewReader(data)); err == nil {
		t.Error("a stranger was heard")
	}
	known := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, Certificates: []tls.Certificate{client}}}}
	post := func(data []byte) int {
		r, err := known.Post(s.URL+"/batches/a", "text/csv", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		return r.StatusCode
	}
	if got := post(data[:20]); got != http.StatusUnprocessableEntity {
		t.Errorf("half a batch: %d", got)
	}
	if got := post(data); got != http.StatusAccepted {
		t.Errorf("batch: %d", got)
	}
	r, err := known.Get(s.URL + "/answers/a.answer1")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	answer, err := io.ReadAll(r.Body)
	if err == nil {
		_, err = bankfile.ReadAnswer(profile(), b, "a", answer)
	}
	if err != nil {
		t.Error(err)
	}
}

// certificate makes a client's certificate that signs itself.
func certificate(t *testing.T) (*x509.CertPool, tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "county"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(made)
	return pool, tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestProcess runs the program itself over a folder.
func TestProcess(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "bankpeer")
	if out, err := exec.Command("go", "build", "-o", program, "xiangzhang/cmd/bankpeer").CombinedOutput(); err != nil {
		t.Fatalf("build: %v %s", err, out)
	}
	settings, err := json.Marshal(map[string]any{"batch": profile().Batch, "answer": profile().Answer, "seed": bankSeed, "county": []byte(county.Public().(ed25519.PublicKey)), "opening": 100_000})
	if err != nil {
		t.Fatal(err)
	}
	b, data := batch(1, 1000, 2000)
	for name, content := range map[string][]byte{"bank.json": settings, "script.txt": []byte("refuse 2 户名不符\n"), "in/b1.csv": data, "in/broken.csv": data[:30]} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(program, "-profile", filepath.Join(dir, "bank.json"), "-script", filepath.Join(dir, "script.txt"), "-dir", dir, "-once").CombinedOutput(); err != nil {
		t.Fatalf("run: %v %s", err, out)
	}
	answer, err := os.ReadFile(filepath.Join(dir, "out", "b1.csv.answer1"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := bankfile.ReadAnswer(profile(), b, "b1", answer)
	if err != nil || !got.Lines[0].Paid || got.Lines[1].Paid {
		t.Errorf("%+v %v", got, err)
	}
	if refused, err := os.ReadFile(filepath.Join(dir, "out", "broken.csv.refused")); err != nil || !strings.Contains(string(refused), "不完整") {
		t.Errorf("broken: %s %v", refused, err)
	}
	statement, err := os.ReadFile(filepath.Join(dir, "statement.csv"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := agreement.Parse(bank.Common(bank.Statement).Layout, agreement.Bank, "statement.csv", statement, "2026-10-23")
	if err != nil || len(p.Lines) != 1 || p.Lines[0].Balance != 99_000 {
		t.Errorf("statement %+v %v", p, err)
	}
}
