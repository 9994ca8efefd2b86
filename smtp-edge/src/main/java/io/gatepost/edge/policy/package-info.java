/// The checks of the gate, and their order: entry type [StandardPolicy]. Knows no socket.
@NullMarked
package io.gatepost.edge.policy;

import org.jspecify.annotations.NullMarked;
