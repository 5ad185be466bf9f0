package identity

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"xiangzhang/internal/fault"
)

// countyKeys are derived from a county's key by HKDF with SHA-256, one for each use.
type countyKeys struct {
	seal []byte
	hash []byte
}

func deriveKeys(secret []byte, county int64) (countyKeys, error) {
	var k countyKeys
	var err error
	salt := fmt.Appendf(nil, "xiangzhang county %d", county)
	if k.seal, err = hkdf.Key(sha256.New, secret, salt, "seal personal identifiers v1", chacha20poly1305.KeySize); err != nil {
		return k, fmt.Errorf("identity: derive keys: %w", err)
	}
	if k.hash, err = hkdf.Key(sha256.New, secret, salt, "find personal identifiers v1", sha256.Size); err != nil {
		return k, fmt.Errorf("identity: derive keys: %w", err)
	}
	return k, nil
}

// sealed texts begin with the layout's version, then base64 of nonce and ciphertext (XChaCha20-Poly1305).
const sealedPrefix = "v1:"

// binding is the associated data: a ciphertext copied to another person, field or county does not open.
func binding(county, person int64, field string) []byte {
	return fmt.Appendf(nil, "%d/%d/%s", county, person, field)
}

// Seal encrypts one personal identifier of a person; field says which (id, card, phone).
func (k *Keys) Seal(county, person int64, field, plain string) (string, error) {
	keys, err := k.of(county)
	if err != nil {
		return "", err
	}
	aead, err := chacha20poly1305.NewX(keys.seal)
	if err != nil {
		return "", fmt.Errorf("identity.Seal: %w", err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("identity.Seal: %w", err)
	}
	return sealedPrefix + base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(plain), binding(county, person, field))), nil
}

// Open decrypts what Seal made for the same county, person and field, and refuses anything else.
func (k *Keys) Open(county, person int64, field, sealed string) (string, error) {
	keys, err := k.of(county)
	if err != nil {
		return "", err
	}
	aead, err := chacha20poly1305.NewX(keys.seal)
	if err != nil {
		return "", fmt.Errorf("identity.Open: %w", err)
	}
	encoded, ok := strings.CutPrefix(sealed, sealedPrefix)
	data, err := base64.StdEncoding.DecodeString(encoded)
	if err == nil && ok && len(data) > aead.NonceSize() {
		n := aead.NonceSize()
		var plain []byte
		if plain, err = aead.Open(nil, data[:n], data[n:], binding(county, person, field)); err == nil {
			return string(plain), nil
		}
	}
	return "", fault.New(fault.Refused, "seal-broken", "该人员的密文与密钥不符,或已被改动",
		"请核对密钥文件是否属于本县;如属数据改动,请从备份恢复并报告安全管理员").Because(err)
}

// Hash gives the keyed hash (HMAC-SHA-256, hex) by which an identifier is found without being opened.
func (k *Keys) Hash(county int64, field, plain string) (string, error) {
	keys, err := k.of(county)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, keys.hash)
	fmt.Fprintf(mac, "%s\x00%s", field, plain)
	return hex.EncodeToString(mac.Sum(nil)), nil
}
