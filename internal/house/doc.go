// Package house holds no code, only tests of the source itself: who may import whom, calls that a ledger must not
// make, the shape of migrations, names, sizes, and what a page may say. A rule that a reviewer would have to repeat
// is written here once, with the sentence that tells the way out.
//
// The exceptions are lists at the head of each file, so that making one is a visible line in a change.
package house
