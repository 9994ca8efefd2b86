/// A disk that loses what was not synced when its power is cut: entry type [FaultyDisk]. The model
/// ([VolatileDisk]) is pure; [FuseMount] shows it to processes as a file system. Knows nothing of
/// mail or brokers.
@NullMarked
package io.gatepost.system.power.disk;

import org.jspecify.annotations.NullMarked;
