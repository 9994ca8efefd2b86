/// TLS of the listeners: entry type [TlsContexts]. Knows no session.
@NullMarked
package io.gatepost.edge.tls;

import org.jspecify.annotations.NullMarked;
