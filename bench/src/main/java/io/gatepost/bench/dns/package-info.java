/// The DNS of a benchmark, on loopback: a name server with the zones of the lists, 20 ms away, and
/// a resolver that remembers its answers. Entry type [NameServers].
@NullMarked
package io.gatepost.bench.dns;

import org.jspecify.annotations.NullMarked;
