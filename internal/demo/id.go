package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// idsBegin is the instant that the first document's id carries. Every further one is a millisecond later, so that the
// ids sort in the order in which the documents are made, on every machine.
var idsBegin = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// ids makes document ids of the form of UUIDv7 that are the same in every build.
type ids struct{ made uint64 }

func (s *ids) next() string {
	s.made++
	return idAt(s.made)
}

func idAt(n uint64) string {
	var id uuid.UUID
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], n)
	sum := sha256.Sum256(append([]byte("青岚县"), number[:]...))
	copy(id[:], sum[:])
	var millis [8]byte
	binary.BigEndian.PutUint64(millis[:], uint64(idsBegin.UnixMilli())+n)
	copy(id[:6], millis[2:])
	id[6] = id[6]&0x0f | 0x70 // version 7
	id[8] = id[8]&0x3f | 0x80 // the variant of RFC 9562
	return id.String()
}
