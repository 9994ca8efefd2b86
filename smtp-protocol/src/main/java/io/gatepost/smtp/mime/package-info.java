/// MIME down-conversion while content streams: entry type [SevenBit]. Knows no session, no socket
/// and no store.
@NullMarked
package io.gatepost.smtp.mime;

import org.jspecify.annotations.NullMarked;
