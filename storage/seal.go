package storage

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// A Seal encrypts what must not be read from the database or a copy of it. Its
// key lies in a file apart from both.
type Seal struct{ aead tink.AEAD }

// OpenSeal reads the key file, and makes it at the first start: readable by us
// alone. Whoever loses it loses what is sealed, and nothing else.
func OpenSeal(path string) (*Seal, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the key file SECRET_KEY_FILE: %w", err)
	}
	keys, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, fmt.Errorf("the key file SECRET_KEY_FILE %s is damaged; put its copy back: %w", path, err)
	}
	a, err := aead.New(keys)
	if err != nil {
		return nil, fmt.Errorf("using the key of SECRET_KEY_FILE: %w", err)
	}
	return &Seal{a}, nil
}

// makeKey writes a new key. When two processes start at once, both use the one
// that came first.
func makeKey(path string) ([]byte, error) {
	keys, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := insecurecleartextkeyset.Write(keys, keyset.NewJSONWriter(&text)); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	fresh, err := os.CreateTemp(filepath.Dir(path), "key-*") // of mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(fresh.Name())
	_, err = fresh.Write(text.Bytes())
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return nil, err
	}
	if err := os.Link(fresh.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return os.ReadFile(path)
}

// Close seals a secret. About says what it is and whose: it opens under the same
// words alone, so that a row that was moved elsewhere is of no use.
func (s *Seal) Close(secret, about string) (string, error) {
	sealed, err := s.aead.Encrypt([]byte(secret), []byte(about))
	if err != nil {
		return "", fmt.Errorf("sealing %s: %w", about, err)
	}
	return base64.StdEncoding.EncodeToString(sealed), nil
}

// Open returns a sealed secret.
func (s *Seal) Open(sealed, about string) (string, error) {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("%s is not sealed: %w", about, err)
	}
	secret, err := s.aead.Decrypt(raw, []byte(about))
	if err != nil {
		return "", fmt.Errorf("%s was sealed with another key than that of SECRET_KEY_FILE: %w", about, err)
	}
	return string(secret), nil
}
