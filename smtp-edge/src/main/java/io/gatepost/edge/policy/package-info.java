/// What the gate checks and in which order: entry type [StandardPolicy]. Knows no socket.
@NullMarked
package io.gatepost.edge.policy;

import org.jspecify.annotations.NullMarked;
