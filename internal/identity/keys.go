package identity

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"xiangzhang/internal/fault"
	"xiangzhang/internal/store"
)

// keyBytes is the length of a county's key; everything else is derived from it.
const keyBytes = 32

// Keys holds the keys of the counties whose key files lie in one folder. A database restored without them opens, and
// its identifiers stay locked. It is safe for concurrent use.
type Keys struct {
	dir string

	mu       sync.RWMutex
	counties map[int64]countyKeys
}

// LoadKeys reads every county-NNNNNN.key of the folder. A folder that does not exist holds none.
func LoadKeys(dir string) (*Keys, error) {
	k := &Keys{dir: dir, counties: map[int64]countyKeys{}}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return nil, fmt.Errorf("identity.LoadKeys: %w", err)
	}
	for _, e := range entries {
		stem, ok := strings.CutSuffix(e.Name(), ".key")
		code, ok2 := strings.CutPrefix(stem, "county-")
		county, err := strconv.ParseInt(code, 10, 64)
		if !ok || !ok2 || err != nil {
			continue
		}
		if err := k.load(county); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func (k *Keys) path(county int64) string {
	return filepath.Join(k.dir, fmt.Sprintf("county-%d.key", county))
}

func (k *Keys) load(county int64) error {
	secret, err := os.ReadFile(k.path(county))
	if err != nil {
		return fmt.Errorf("identity: key of county %d: %w", county, err)
	}
	if len(secret) != keyBytes {
		return fault.Newf(fault.Refused, "key-damaged", "请从备份恢复该密钥文件;切勿自行修改",
			"密钥文件 %s 应为 %d 字节,实为 %d 字节", filepath.Base(k.path(county)), keyBytes, len(secret))
	}
	derived, err := deriveKeys(secret, county)
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.counties[county] = derived
	return nil
}

// Create makes the key of a new county, durably and readable by its owner alone. A key that is there is kept: nothing
// ever replaces one, because what it sealed would be lost.
func (k *Keys) Create(county int64) error {
	if k.Has(county) {
		return nil
	}
	if err := k.write(county); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("identity.Keys.Create %d: %w", county, err)
	}
	return k.load(county)
}

func (k *Keys) write(county int64) error {
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Lstat(k.path(county)); err == nil {
		return fs.ErrExist
	}
	secret := make([]byte, keyBytes)
	if _, err := rand.Read(secret); err != nil {
		return err
	}
	f, err := os.CreateTemp(k.dir, ".key-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(secret)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), k.path(county)); err != nil { // unlike a rename, never over a key that is there
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := os.Rename(f.Name(), k.path(county)); err != nil { // a file system without links
			return err
		}
	}
	return store.SyncFolder(k.dir)
}

// Has reports whether the county's key is at hand.
func (k *Keys) Has(county int64) bool {
	if k == nil {
		return false
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	_, ok := k.counties[county]
	return ok
}

// of gives the county's keys, or the sentence that says why identifiers are locked.
func (k *Keys) of(county int64) (countyKeys, error) {
	if k.Has(county) {
		k.mu.RLock()
		defer k.mu.RUnlock()
		return k.counties[county], nil
	}
	return countyKeys{}, fault.Newf(fault.Refused, "keys-missing", "请把该县的密钥文件放回密钥目录后重新启动程序",
		"没有 %d 县的密钥,身份证号处于锁定状态", county)
}
