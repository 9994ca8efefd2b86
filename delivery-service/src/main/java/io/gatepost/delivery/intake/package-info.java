/// From the log to attempts and back to a committed offset: entry type [Intake].
@NullMarked
package io.gatepost.delivery.intake;

import org.jspecify.annotations.NullMarked;
