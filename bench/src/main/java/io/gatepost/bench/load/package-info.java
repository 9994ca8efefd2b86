/// The load: Postfix's generator and sink, and our own generators for what they cannot do. Each
/// runs in a process of its own. Knows nothing of the systems that it is driven at.
@NullMarked
package io.gatepost.bench.load;

import org.jspecify.annotations.NullMarked;
