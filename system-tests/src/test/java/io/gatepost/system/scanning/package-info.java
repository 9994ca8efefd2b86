/// Scanning by the running product, with real scanners and with ones that are played. Entry types
/// [ScannersIT], [ScanFilesIT] and [ScanCrashIT].
@NullMarked
package io.gatepost.system.scanning;

import org.jspecify.annotations.NullMarked;
