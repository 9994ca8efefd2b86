/// Is this content good? within a time the client can wait. Entry type [ScannerConfiguration].
@NullMarked
package io.gatepost.scanner;

import org.jspecify.annotations.NullMarked;
