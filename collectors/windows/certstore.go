package windows

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"ssisaudit/collectors/certificate"
	"ssisaudit/collectors/facts"
)

const storesKey = `SOFTWARE\Microsoft\SystemCertificates`

// Limits on one certificate store; a machine's own Root store holds some 60 certificates of 1 to 2 KB.
const (
	maxCertificates = 5000
	maxBlob         = 256 << 10 // bytes of one certificate with its properties
	maxStore        = 64 << 20  // bytes of all of them
)

// The properties of a stored certificate that facts come from (CERT_*_PROP_ID in wincrypt.h).
const (
	propKeyProvider  = 2
	propFriendlyName = 11
	propCertificate  = 32
)

// readCertificates observes a machine store ("ROOT", "MY"), sorted by thumbprint. One certificate that the machine
// refuses to show fails the store; one that can be read but not understood is an entry that says so.
func readCertificates(ctx context.Context, m Machine, now func() time.Time,
	store string) facts.Observation[[]facts.Certificate] {
	place := storesKey + `\` + store
	return observe(m, now, place, func() ([]facts.Certificate, bool, error) {
		key := place + `\Certificates`
		names, there, err := subKeys(ctx, m, key)
		if err == nil && !there {
			// Windows makes the key with the first certificate: a store without it is there, and empty.
			_, there, err = subKeys(ctx, m, place)
		}
		if err != nil || !there {
			return nil, there, err
		}
		if len(names) > maxCertificates {
			return nil, true, fmt.Errorf("cannot read %s: it lists %d certificates, more than %d", m.Where(key),
				len(names), maxCertificates)
		}
		var size atomic.Int64
		certificates := make([]facts.Certificate, len(names))
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(parallel)
		for i, name := range names {
			g.Go(func() error {
				k, err := readListedKey(ctx, m, key+`\`+name, "Blob")
				if err != nil {
					return err
				}
				blob, there := k.values["Blob"]
				if size.Add(int64(len(blob.Data))) > maxStore {
					return fmt.Errorf("cannot read %s: its certificates have more than %d bytes", m.Where(key), maxStore)
				}
				certificates[i] = storedCertificate(name, blob, there)
				return nil
			})
		}
		err = g.Wait()
		slices.SortStableFunc(certificates, func(a, b facts.Certificate) int {
			return cmp.Compare(a.Thumbprint, b.Thumbprint)
		})
		return certificates, true, err
	})
}

var thumbprintName = regexp.MustCompile(`^[0-9A-Fa-f]{40}$`)

// storedCertificate reads the certificate below the key called name. An entry that cannot be understood keeps that
// name as its thumbprint, so that whoever looks for it finds that it is there and unreadable.
func storedCertificate(name string, blob Value, there bool) facts.Certificate {
	unreadable := func(err error) facts.Certificate {
		c := facts.Certificate{CommonNames: []string{}, DNSNames: []string{}}
		c.Unreadable = fmt.Sprintf("the key %q: %v", name, err)
		if thumbprintName.MatchString(name) {
			c.Thumbprint = strings.ToUpper(name)
		}
		return c
	}
	switch {
	case !there:
		return unreadable(errors.New("it has no value Blob"))
	case blob.Type != RegBinary:
		return unreadable(fmt.Errorf("its value Blob has type %d, not REG_BINARY (3)", blob.Type))
	case len(blob.Data) > maxBlob:
		return unreadable(fmt.Errorf("its value Blob has %d bytes, more than %d", len(blob.Data), maxBlob))
	}
	properties, err := blobProperties(blob.Data)
	if err != nil {
		return unreadable(fmt.Errorf("its value Blob is damaged: %w", err))
	}
	der, there := properties[propCertificate]
	if !there {
		return unreadable(errors.New("its value Blob holds no certificate (property 32)"))
	}
	c := certificate.Parse(der)
	if !strings.EqualFold(c.Thumbprint, name) {
		return unreadable(fmt.Errorf("the certificate below it has the thumbprint %s", c.Thumbprint))
	}
	if c.Unreadable != "" {
		return c
	}
	c.PrivateKey = len(properties[propKeyProvider]) > 0
	if text := properties[propFriendlyName]; len(text) > 0 {
		if c.FriendlyName, err = (Value{Type: RegSZ, Data: text}).Text(); err != nil {
			return unreadable(fmt.Errorf("its friendly name (property 11): %w", err))
		}
	}
	return c
}

// blobProperties takes a stored certificate apart: little-endian {u32 id, u32 reserved, u32 length, bytes}, repeated.
// The slices are parts of blob. A property that is there twice is an error: which of them holds is anybody's guess.
func blobProperties(blob []byte) (map[uint32][]byte, error) {
	properties := map[uint32][]byte{}
	for offset := 0; offset < len(blob); {
		rest := blob[offset:]
		if len(rest) < 12 {
			return nil, fmt.Errorf("%d bytes at offset %d are no property", len(rest), offset)
		}
		id, length := binary.LittleEndian.Uint32(rest), binary.LittleEndian.Uint32(rest[8:])
		if uint64(length) > uint64(len(rest)-12) {
			return nil, fmt.Errorf("property %d at offset %d claims %d bytes of the %d that follow", id, offset, length,
				len(rest)-12)
		}
		if _, twice := properties[id]; twice {
			return nil, fmt.Errorf("property %d is there twice", id)
		}
		properties[id] = rest[12 : 12+length]
		offset += 12 + int(length)
	}
	return properties, nil
}
