/// The words of client and server in AUTH (RFC 4954), as pure exchanges: entry type [Exchange].
/// Knows no socket and no service.
@NullMarked
package io.gatepost.edge.auth;

import org.jspecify.annotations.NullMarked;
