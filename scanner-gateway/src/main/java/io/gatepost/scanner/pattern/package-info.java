/// The built-in scanner: looks for fixed octets. Entry type [PatternScanner].
@NullMarked
package io.gatepost.scanner.pattern;

import org.jspecify.annotations.NullMarked;
