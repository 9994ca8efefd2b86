/// That the benchmarks measure; not what they measure.
@NullMarked
package io.gatepost.system.bench;

import org.jspecify.annotations.NullMarked;
