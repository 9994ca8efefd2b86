/// The operator's view of deferred messages, in PostgreSQL; never the truth. Entry type
/// [DeferredView].
@NullMarked
package io.gatepost.queue.view;

import org.jspecify.annotations.NullMarked;
