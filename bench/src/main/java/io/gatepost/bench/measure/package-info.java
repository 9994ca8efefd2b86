/// Cost of a group of processes: CPU time, memory, and sync calls, as the kernel counts them. Entry
/// types [ProcessGroups], which keeps each system's processes apart, and [Meter]. Knows nothing of
/// mail.
@NullMarked
package io.gatepost.bench.measure;

import org.jspecify.annotations.NullMarked;
