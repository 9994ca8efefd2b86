/// The port that every scanner's adapter implements. Entry type [Scanner]. Adapters know nothing of
/// slots, caches, thresholds and replies.
@NullMarked
package io.gatepost.scanner.scan;

import org.jspecify.annotations.NullMarked;
