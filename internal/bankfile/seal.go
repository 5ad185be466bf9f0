package bankfile

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/money"
	"xiangzhang/internal/sheet"
)

// seal ends every batch and answer: whose it is, how many payments of what sum it has, what they say, and who says so. It
// is plain ASCII, so that it reads the same in every encoding.
type seal struct {
	kind      string // batch, answer
	number    string
	count     int
	sum       money.Fen
	digest    string // SHA-256 of what the rows say, in hexadecimal
	signature string // Ed25519 over all of it, base64
}

const endMark = "#END|"

func newSeal(kind, number string, count int, sum money.Fen, digest string) seal {
	return seal{kind: kind, number: number, count: count, sum: sum, digest: digest}
}

// said is what is signed.
func (s seal) said() []byte {
	return fmt.Appendf(nil, "%s%s|%s|%d|%s|%s", endMark, s.kind, s.number, s.count, s.sum.Plain(), s.digest)
}

func (s seal) sign(key ed25519.PrivateKey) string {
	return string(s.said()) + "|" + base64.StdEncoding.EncodeToString(ed25519.Sign(key, s.said()))
}

// digest gives the SHA-256 of what rows say in the fields that the layout has, in their order: the same whatever format,
// encoding and column order the file has.
func (l Layout) digest(kind, number string, rows []row) string {
	fields := BatchFields
	if kind == "answer" {
		fields = AnswerFields
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", kind, number)
	for _, r := range rows {
		for _, f := range fields {
			if l.has(f) {
				fmt.Fprintf(h, "%s\x1f", strings.TrimSpace(r[f]))
			}
		}
		h.Write([]byte{0x1e})
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sealed cuts a file into its records and its seal, and refuses one that does not end with it.
func (l Layout) sealed(name string, data []byte) ([]Record, seal, error) {
	end, body := "", data
	if l.Format == XLSX {
		rows, err := sheet.Grid(name, bytes.NewReader(data), 0)
		if err != nil {
			return nil, seal{}, err
		}
		end = rows[len(rows)-1].Cells[0]
	} else {
		lines := bytes.TrimRight(data, "\r\n ")
		at := bytes.LastIndexByte(lines, '\n') + 1
		end, body = string(lines[at:]), data[:at]
	}
	parts := strings.Split(end, "|")
	if !strings.HasPrefix(end, endMark) || len(parts) != 7 {
		return nil, seal{}, fault.Newf(fault.Refused, "bank-file-cut", "请重新取得完整的文件", "「%s」不完整,没有结束行", name)
	}
	s := seal{kind: parts[1], number: parts[2], digest: parts[5], signature: parts[6]}
	var err, sumErr error
	s.count, err = strconv.Atoi(parts[3])
	if s.sum, sumErr = money.Parse(parts[4]); err != nil || sumErr != nil {
		return nil, seal{}, fault.Newf(fault.Refused, "bank-file-cut", "请重新取得完整的文件", "「%s」的结束行写法不对", name)
	}
	records, err := l.Read(name, body)
	return records, s, err
}

// check compares a seal with what the rows come to, and with who should have signed it.
func (s seal) check(name, kind string, count int, sum money.Fen, digest string, key ed25519.PublicKey) error {
	refuse := func(code, hint, format string, args ...any) error {
		return fault.Newf(fault.Refused, code, hint, "「%s」"+format, append([]any{name}, args...)...)
	}
	again := "整份没有采用;请向银行重新索取"
	switch signature, err := base64.StdEncoding.DecodeString(s.signature); {
	case s.kind != kind:
		return refuse("bank-file-kind", again, "不是%s", map[string]string{"batch": "支付批次", "answer": "支付回盘"}[kind])
	case count != s.count:
		return refuse("bank-file-count", again, "应有 %d 笔,实有 %d 笔,有缺漏或重复", s.count, count)
	case sum != s.sum:
		return refuse("bank-file-sum", again, "应合计 %s 元,实为 %s 元,差 %s 元", s.sum, sum, sum-s.sum)
	case digest != s.digest:
		return refuse("bank-file-digest", again, "的内容或次序与结束行的摘要不符,文件被改动过")
	case err != nil || len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, s.said(), signature):
		return refuse("bank-file-signature", "整份没有采用;请核对文件是否来自该银行,以及登记的公钥", "的签名不是约定一方的")
	}
	return nil
}
