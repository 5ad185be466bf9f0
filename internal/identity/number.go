package identity

import (
	"strings"
	"time"

	"xiangzhang/internal/calendar"
	"xiangzhang/internal/fault"
)

// Number is a resident identity number that has been checked (GB 11643-1999, 18 characters, X in upper case).
// Its first six characters are not looked up: prefixes of regions that are gone stay valid for life.
type Number struct{ Value string }

// weights of positions 1 to 17, and the check characters by their sum modulo 11.
var weights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const checkCharacters = "10X98765432"

// oldest is the age in years above which a number is taken for a slip.
const oldest = 130

// ParseNumber checks an identity number: characters, check character, a birth date that exists, is not in the future
// and belongs to somebody who can be alive.
func ParseNumber(text string, today calendar.Date) (Number, error) {
	value := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if len(value) == 15 && digits(value) {
		return Number{}, invalidNumber("identity-15-digits", "15 位旧身份证号已停用", "请按现行身份证填写 18 位号码")
	}
	if len(value) != 18 || !digits(value[:17]) || !strings.ContainsRune("0123456789X", rune(value[17])) {
		return Number{}, invalidNumber("identity-malformed", "身份证号应为 18 位,前 17 位是数字,末位是数字或 X", "请对照原件重填")
	}
	sum := 0
	for i, w := range weights {
		sum += int(value[i]-'0') * w
	}
	if value[17] != checkCharacters[sum%11] {
		return Number{}, invalidNumber("identity-check-digit", "身份证号「"+Mask(value)+"」的校验码不对,有数字填错", "请对照原件逐位核对")
	}
	born, err := time.Parse("20060102", value[6:14])
	if err != nil {
		return Number{}, invalidNumber("identity-birth-date", "身份证号「"+Mask(value)+"」中的出生日期不存在", "请对照原件核对第 7 至 14 位")
	}
	date := calendar.Date(born.Format(time.DateOnly))
	if date > today {
		return Number{}, invalidNumber("identity-birth-future", "身份证号「"+Mask(value)+"」中的出生日期晚于今天", "请对照原件核对第 7 至 14 位")
	}
	if born.AddDate(oldest, 0, 0).Before(today.Time()) {
		return Number{}, invalidNumber("identity-birth-too-old", "身份证号「"+Mask(value)+"」中的出生日期距今超过 130 年", "请对照原件核对第 7 至 14 位")
	}
	return Number{Value: value}, nil
}

func invalidNumber(code, message, hint string) error {
	return fault.New(fault.Invalid, code, message, hint).In("id_no")
}

func digits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// Mask hides the birth date and the sequence's beginning: 110105********002X is what pages and lists show.
func Mask(number string) string {
	if len(number) < 18 {
		return strings.Repeat("*", len(number))
	}
	return number[:6] + "********" + number[len(number)-4:]
}
