/// The default heap, filled with clients. Entry type [MemoryIT].
@NullMarked
package io.gatepost.system.memory;

import org.jspecify.annotations.NullMarked;
