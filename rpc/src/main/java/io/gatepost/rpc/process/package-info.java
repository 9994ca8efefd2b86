/// A process of the suite, the bounds of its HTTP port and the table of its gates: entry type
/// [SuiteProcess].
@NullMarked
package io.gatepost.rpc.process;

import org.jspecify.annotations.NullMarked;
