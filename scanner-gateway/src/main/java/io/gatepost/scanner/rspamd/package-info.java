/// The adapter of rspamd, by its HTTP protocol (`/checkv2`). Entry type [RspamdScanner].
@NullMarked
package io.gatepost.scanner.rspamd;

import org.jspecify.annotations.NullMarked;
