/// When a scanner is asked, and when not: slots, waiting, breakers, time limits. Entry type
/// [ScheduledScanner].
@NullMarked
package io.gatepost.scanner.schedule;

import org.jspecify.annotations.NullMarked;
