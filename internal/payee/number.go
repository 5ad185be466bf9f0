package payee

import (
	"strings"

	"xiangzhang/internal/fault"
)

// digits keeps what was typed without blanks and hyphens.
func digits(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "　", "").Replace(strings.TrimSpace(s))
}

func allDigits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// The shortest and longest number of an account, and of a card.
const (
	accountLeast, accountMost = 6, 32
	cardLeast, cardMost       = 13, 19
)

// checkAccount refuses a number that no account or card has. Cards alone have a check digit (Luhn).
func checkAccount(kind AccountKind, number string) error {
	if !allDigits(number) {
		return fault.New(fault.Invalid, "payee-account-characters", "账号只能是数字", "请对照开户资料重填").In("account")
	}
	switch {
	case kind == Settlement && (len(number) < accountLeast || len(number) > accountMost):
		return fault.Newf(fault.Invalid, "payee-account-length", "请对照开户资料重填", "账号应为 %d 至 %d 位,现为 %d 位", accountLeast, accountMost, len(number)).In("account")
	case kind == Card && (len(number) < cardLeast || len(number) > cardMost):
		return fault.Newf(fault.Invalid, "payee-account-length", "请对照银行卡重填", "卡号应为 %d 至 %d 位,现为 %d 位", cardLeast, cardMost, len(number)).In("account")
	case kind == Card && !luhn(number):
		return fault.Newf(fault.Invalid, "payee-card-check", "请对照银行卡逐位核对", "尾号 %s 的卡号校验位不对,有数字填错", number[len(number)-4:]).In("account")
	case kind != Settlement && kind != Card:
		return fault.Newf(fault.Invalid, "payee-account-kind", "请选择账户或银行卡", "没有「%s」这种账号", kind).In("account_kind")
	}
	return nil
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// checkBankNumber refuses a 联行号 whose check digit is wrong: 12 digits, the last by ISO 7064 MOD 11,10, which the
// published numbers of the banks' head offices follow.
func checkBankNumber(number string) error {
	if len(number) != 12 || !allDigits(number) {
		return fault.Newf(fault.Invalid, "payee-bank-number", "请向开户行查询 12 位支付系统行号", "联行号「%s」不是 12 位数字", number).In("bank_number")
	}
	p := 10
	for i := range 11 {
		if p = (p + int(number[i]-'0')) % 10; p == 0 {
			p = 10
		}
		p = p * 2 % 11
	}
	if (p+int(number[11]-'0'))%10 != 1 {
		return fault.Newf(fault.Invalid, "payee-bank-number", "请向开户行核对支付系统行号", "联行号「%s」的校验位不对,有数字填错", number).In("bank_number")
	}
	return nil
}

const (
	codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	bodyAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

var bodyWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// checkCode refuses a 统一社会信用代码 whose check characters are wrong (GB 32100-2015, inner one GB 11714).
func checkCode(code string) error {
	wrong := fault.Newf(fault.Invalid, "payee-code", "请对照营业执照或登记证书核对", "统一社会信用代码「%s」的位数或校验位不对", code).In("code")
	if len(code) != 18 {
		return wrong
	}
	sum, weight := 0, 1
	for i := range 17 {
		at := strings.IndexByte(codeAlphabet, code[i])
		if at < 0 {
			return wrong
		}
		sum += at * weight
		weight = weight * 3 % 31
	}
	inner := 0
	for i, w := range bodyWeights {
		inner += strings.IndexByte(bodyAlphabet, code[8+i]) * w
	}
	body := "0123456789X0"[11-inner%11]
	if code[17] != codeAlphabet[(31-sum%31)%31] || code[16] != body {
		return wrong
	}
	return nil
}
