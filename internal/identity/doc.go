// Package identity knows who is at work: persons, logins, roles with their units, sessions.
//
// A person is one row per identity number, whatever logins he has; separation of duties compares persons. Identity
// numbers are sealed (authenticated encryption), found through a keyed hash and shown masked. Everything is denied
// that no role allows.
//
// Three administrators keep the system and touch no business (三员分立): the system administrator makes units, persons
// and logins, the security administrator grants roles, the audit administrator reads who signed in. Functions named
// Bootstrap… take no actor: they are for init, for imports on the server and for the invented county.
package identity
