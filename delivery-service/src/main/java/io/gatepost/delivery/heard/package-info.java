/// Answers that deliveries get to RCPT, for verification: entry type [HeardRecipients].
@NullMarked
package io.gatepost.delivery.heard;

import org.jspecify.annotations.NullMarked;
