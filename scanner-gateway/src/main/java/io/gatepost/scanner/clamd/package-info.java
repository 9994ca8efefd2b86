/// ClamAV's clamd. Entry type [ClamdScanner].
@NullMarked
package io.gatepost.scanner.clamd;

import org.jspecify.annotations.NullMarked;
