/// Remembers answers that took time: entry type [VerdictCache].
@NullMarked
package io.gatepost.verification.cache;

import org.jspecify.annotations.NullMarked;
