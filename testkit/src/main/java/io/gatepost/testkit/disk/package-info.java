/// Disks that are too small: entry type [SmallDisk].
@NullMarked
package io.gatepost.testkit.disk;

import org.jspecify.annotations.NullMarked;
