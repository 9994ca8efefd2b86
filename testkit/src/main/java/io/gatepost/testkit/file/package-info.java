/// Directories that change while they are looked at: entry type [LiveFiles].
@NullMarked
package io.gatepost.testkit.file;

import org.jspecify.annotations.NullMarked;
