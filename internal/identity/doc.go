// Package identity knows who is at work: persons, logins, roles with their units, sessions.
//
// A person is one row per identity number, whatever logins he has; separation of duties compares persons. Identity
// numbers are sealed (authenticated encryption), found through a keyed hash and shown masked. Everything is denied
// that no role allows.
package identity
