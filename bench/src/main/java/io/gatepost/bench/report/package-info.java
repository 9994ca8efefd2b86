/// Figures of several runs, as a table and as JSON. Entry type [Results]. Knows nothing of how they
/// were measured.
@NullMarked
package io.gatepost.bench.report;

import org.jspecify.annotations.NullMarked;
