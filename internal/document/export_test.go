package document

import "slices"

// Pairs lists every incompatible pair.
func Pairs() []Pair { return slices.Clone(pairs) }
