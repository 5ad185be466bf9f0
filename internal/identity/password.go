package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"xiangzhang/internal/fault"
)

// PasswordHash is a password as it is stored: argon2id in PHC form. Empty, nobody can sign in with it until the
// system administrator sets a password.
type PasswordHash string

// Cost of a hash: 19 MiB, two passes, one lane (OWASP's least for argon2id). A stored hash names its own cost, so that
// raising these leaves old passwords valid.
const (
	hashMemory = 19 * 1024 // KiB
	hashTime   = 2
	hashLanes  = 1
	saltBytes  = 16
	hashBytes  = 32
)

// hashing lets two hashes run at once; others queue. Forty people who sign in at eight o'clock must not take 800 MB.
var hashing = make(chan struct{}, 2)

func derive(ctx context.Context, password string, salt []byte, time, memory uint32, lanes uint8, length uint32) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, time, memory, lanes, length), nil
}

// HashPassword hashes a password. It takes tens of milliseconds and therefore runs outside any transaction.
func HashPassword(ctx context.Context, password string) (PasswordHash, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("identity.HashPassword: %w", err)
	}
	key, err := derive(ctx, password, salt, hashTime, hashMemory, hashLanes, hashBytes)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return PasswordHash(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key))), nil
}

// OneTimePassword makes a password for the first sign-in and its hash. It has 60 random bits and neither 0 nor 1.
func OneTimePassword(ctx context.Context) (plain string, hash PasswordHash, err error) {
	text := strings.ToLower(rand.Text())
	plain = text[:4] + "-" + text[4:8] + "-" + text[8:12]
	hash, err = HashPassword(ctx, plain)
	return plain, hash, err
}

// nobody is what a password is compared with where there is no login or it has none: the answer takes as long.
var nobody = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashLanes,
	base64.RawStdEncoding.EncodeToString(make([]byte, saltBytes)), base64.RawStdEncoding.EncodeToString(make([]byte, hashBytes)))

// verify reports whether the password is the one that was hashed.
func (h PasswordHash) verify(ctx context.Context, password string) (bool, error) {
	stored := string(h)
	if stored == "" {
		stored = nobody
	}
	parts := strings.Split(stored, "$")
	var version int
	var memory, time uint32
	var lanes uint8
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("identity: a stored password hash is not argon2id")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, fmt.Errorf("identity: a stored password hash of version %q", parts[2])
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &lanes); err != nil {
		return false, fmt.Errorf("identity: cost of a stored password hash: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("identity: salt of a stored password hash: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, fmt.Errorf("identity: a stored password hash: %w", err)
	}
	got, err := derive(ctx, password, salt, time, memory, lanes, uint32(len(want)))
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && h != "", nil
}

// Bounds of a password, in characters.
const (
	passwordLeast = 10
	passwordMost  = 128
	loginCounts   = 2 // a login of one letter stands in every other password
)

// common are passwords of ten characters and more that are tried first.
var common = strings.Fields(`1234567890 0123456789 12345678910 123456789a a123456789 1234567891 9876543210 0987654321
	1q2w3e4r5t q1w2e3r4t5 1qaz2wsx3edc 1qazxsw23edc qwertyuiop qwerty123456 qwer123456 asdfghjkl123 abcd123456 abc123456789
	password12 password123 password1234 admin12345 admin123456 administrator woaini1314 woaini5201314 5201314520
	1314520520 5201314woaini xiangzhang xiangzhang123 caizhengsuo caizheng123 kuaiji123456 zhongguo123 chuna123456`)

// CheckPassword refuses passwords that are too short, made from the login, or among the first that are tried.
func CheckPassword(login, password string) error {
	n := utf8.RuneCountInString(password)
	lower, name := strings.ToLower(password), loginName(login)
	switch {
	case n < passwordLeast:
		return weak("password-short", fmt.Sprintf("密码至少 %d 个字符,现为 %d 个", passwordLeast, n), "请加长,例如用几个不相干的词连起来")
	case n > passwordMost:
		return weak("password-long", fmt.Sprintf("密码最多 %d 个字符,现为 %d 个", passwordMost, n), "请缩短")
	case utf8.RuneCountInString(name) >= loginCounts && (strings.Contains(lower, name) || strings.Contains(name, lower)):
		return weak("password-is-login", "密码不能与登录名相同,也不能含有登录名或是登录名的一部分", "请另设密码,例如用几个不相干的词连起来")
	case isCommon(lower):
		return weak("password-common", "这个密码太常用,容易被猜中", "请另设密码,例如用几个不相干的词连起来")
	}
	return nil
}

func weak(code, message, hint string) error {
	return fault.New(fault.Invalid, code, message, hint).In("password")
}

func isCommon(lower string) bool {
	for _, c := range common {
		if lower == c {
			return true
		}
	}
	first, _ := utf8.DecodeRuneInString(lower)
	return strings.Trim(lower, string(first)) == ""
}
