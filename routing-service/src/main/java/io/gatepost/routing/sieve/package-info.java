/// The Sieve language (RFC 5228) as far as the envelope decides it: entry types [Script] and
/// [Analysis]. Pure: knows no files and nothing of routing.
@NullMarked
package io.gatepost.routing.sieve;

import org.jspecify.annotations.NullMarked;
