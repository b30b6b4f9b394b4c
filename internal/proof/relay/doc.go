// Package relay is a bad line between telephones and the product: it delays,
// loses, doubles, reorders and damages datagrams, or cuts the line, in each
// direction for itself, by a seed, and can be changed at any time. It rewrites
// nothing.
//
//	phones ──Up──▶ far ▏Relay▕ near ──▶ product     two sockets: for signalling
//	phones ◀─Down─ far ▏     ▕ near ◀── product
//
//	phone ══ Wrap(socket) ══▶ product               one socket: for a phone's sound
//
// Signalling goes through a Relay: the product's trunk is its near side, the
// phones send everything to its far side and show the near side as their
// Contact, as phones behind a border controller do. Sound goes past it from
// each phone's own socket, whose address stands in the SDP; Wrap makes the line
// of that socket as bad.
package relay
