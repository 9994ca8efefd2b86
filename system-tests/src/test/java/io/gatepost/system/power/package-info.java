/// Acknowledged mail survives the loss of all that was not synced. Knows the product by its command
/// line and its ports, and the embedded broker by its entry type.
@NullMarked
package io.gatepost.system.power;

import org.jspecify.annotations.NullMarked;
