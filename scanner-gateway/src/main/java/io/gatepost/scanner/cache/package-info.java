/// Verdicts of scanners that hold for a while. Entry type [VerdictCache].
@NullMarked
package io.gatepost.scanner.cache;

import org.jspecify.annotations.NullMarked;
