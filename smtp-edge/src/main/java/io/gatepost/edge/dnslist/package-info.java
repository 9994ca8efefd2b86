/// DNS lists (RFC 5782): which answers count, and what they mean together. Entry type [ListJudge];
/// values only, asking is in `inquiry`.
@NullMarked
package io.gatepost.edge.dnslist;

import org.jspecify.annotations.NullMarked;
