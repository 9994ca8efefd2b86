/// The protocol's order as a pure machine: entry type [SessionMachine]. Knows no socket, no port,
/// no clock.
@NullMarked
package io.gatepost.edge.session;

import org.jspecify.annotations.NullMarked;
