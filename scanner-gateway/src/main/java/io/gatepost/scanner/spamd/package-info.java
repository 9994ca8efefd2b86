/// SpamAssassin's spamd. Entry type [SpamdScanner].
@NullMarked
package io.gatepost.scanner.spamd;

import org.jspecify.annotations.NullMarked;
