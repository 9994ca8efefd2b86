/// Scans of messages that were accepted unscanned (requirement E20): entry type [LateScans]. The
/// scanners are like a destination of that mail, with a line of its own.
@NullMarked
package io.gatepost.delivery.late;

import org.jspecify.annotations.NullMarked;
