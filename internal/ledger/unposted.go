package ledger

import (
	"slices"

	"xiangzhang/internal/identity"
)

// UnpostedReaders are the readers of a book to whom it tells what is not posted yet: drafts, what was submitted, checked,
// returned or voided, and the checks of a month that is still worked on. A deputy supervises what stands in the books;
// what people are still at is theirs, and of those who may look into everything to audit it
// (docs/decisions/0021-what-a-deputy-sees.md).
var UnpostedReaders = slices.DeleteFunc(slices.Clone(Readers), func(r identity.Role) bool { return r == identity.Deputy })

// SeesUnposted tells whether a person sees what is not posted yet in the books of the unit at path. Every function of this
// package that gives such vouchers to a reader, or counts them, asks it; lists of work that waits are given by unit to
// those who hold a role of the step that it waits for.
func SeesUnposted(by identity.Actor, path string) bool { return by.Has(path, UnpostedReaders...) }
