/// Ends of generations, each written once and in one transaction: entry type [ConclusionWriter].
@NullMarked
package io.gatepost.queue.log.conclude;

import org.jspecify.annotations.NullMarked;
