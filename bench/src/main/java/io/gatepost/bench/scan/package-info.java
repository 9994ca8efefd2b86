/// Who scans mail in a benchmark, clamd and one that looks at nothing, and a client that does
/// nothing but have messages scanned. All speak clamd's protocol over TCP (clamd(8)).
@NullMarked
package io.gatepost.bench.scan;

import org.jspecify.annotations.NullMarked;
