package archive

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"filippo.io/age"

	"xiangzhang/internal/fault"
)

// keyFile is one county's key as it lies in the folder of keys.
type keyFile struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// keyName is what the folder of keys calls a county's key; nothing else is taken from there or put there.
var keyName = regexp.MustCompile(`^county-[0-9]+\.key$`)

func parseRecipients(texts []string) ([]age.Recipient, error) {
	var recipients []age.Recipient
	for _, text := range texts {
		r, err := age.ParseX25519Recipient(strings.TrimSpace(text))
		if err != nil {
			return nil, fault.Newf(fault.Invalid, "backup-recipient", "请填写以 age1 开头的 age 公钥,可用 age-keygen 生成",
				"密钥接收人「%s」不是 age 公钥", text).In("recipient").Because(err)
		}
		recipients = append(recipients, r)
	}
	return recipients, nil
}

// parseIdentities reads age identities (AGE-SECRET-KEY-1…), one a line, with # comments as age-keygen writes them.
func parseIdentities(texts []string) ([]age.Identity, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	identities, err := age.ParseIdentities(strings.NewReader(strings.Join(texts, "\n")))
	if err != nil {
		return nil, fault.New(fault.Invalid, "restore-identity", "解密身份不是 age 私钥",
			"请使用 age-keygen 生成的以 AGE-SECRET-KEY-1 开头的私钥文件").In("identity").Because(err)
	}
	return identities, nil
}

// keys writes the counties' keys for the recipients alone. Without recipients they stay out: whoever held the archive
// would hold every identity number in it.
func (b *backup) keys(recipients []age.Recipient) error {
	if len(recipients) == 0 {
		return nil
	}
	found, err := readKeys(b.o.Keys)
	if err != nil {
		return err
	}
	p, err := b.create(keysName, zip.Store)
	if err != nil {
		return err
	}
	w, err := age.Encrypt(p, recipients...)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(w).Encode(found); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	part := p.part()
	b.m.Keys = &part
	for _, r := range b.o.Recipients {
		b.m.Recipients = append(b.m.Recipients, strings.TrimSpace(r))
	}
	return nil
}

func readKeys(dir string) ([]keyFile, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	found := []keyFile{}
	for _, e := range entries {
		if !keyName.MatchString(e.Name()) {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, keyFile{e.Name(), data})
	}
	if len(found) == 0 {
		return nil, fault.Newf(fault.NotFound, "backup-no-keys", "请用 --keys 指明密钥目录;不备份密钥时请不要指定接收人",
			"已指定密钥接收人,但密钥目录「%s」中没有密钥", dir)
	}
	return found, nil
}

// openKeys decrypts the archive's keys and refuses, before anything is written, any that would replace another.
func openKeys(a *opened, identities []age.Identity, dir string) ([]keyFile, error) {
	if len(identities) == 0 || a.keys == nil {
		return nil, nil
	}
	if dir == "" {
		return nil, fault.New(fault.Invalid, "restore-keys-folder", "没有指明密钥目录", "请用 --keys 指明恢复出的密钥放在哪里").In("keys")
	}
	r, err := a.keys.Open()
	if err != nil {
		return nil, broken(err)
	}
	defer r.Close()
	plain, err := age.Decrypt(r, identities...)
	if err != nil {
		var none *age.NoIdentityMatchError
		if errors.As(err, &none) {
			return nil, fault.New(fault.Refused, "restore-identity-wrong", "该私钥打不开备份中的密钥",
				"请由备份时指定的接收人提供私钥;不带私钥也可以恢复,身份证号将处于锁定状态").In("identity").Because(err)
		}
		return nil, broken(err)
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		return nil, broken(err)
	}
	var keys []keyFile
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, broken(err)
	}
	return missingKeys(keys, dir)
}

// missingKeys gives the keys that the folder does not hold yet.
func missingKeys(keys []keyFile, dir string) ([]keyFile, error) {
	var missing []keyFile
	for _, k := range keys {
		if !keyName.MatchString(k.Name) {
			return nil, broken(fmt.Errorf("a key named %q", k.Name))
		}
		have, err := os.ReadFile(filepath.Join(dir, k.Name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, k)
		case err != nil:
			return nil, err
		case !bytes.Equal(have, k.Data):
			return nil, fault.Newf(fault.Refused, "restore-key-exists", "请为恢复指定另一个密钥目录",
				"密钥目录中已有另一把 %s,恢复不会替换它", k.Name)
		}
	}
	return missing, nil
}
