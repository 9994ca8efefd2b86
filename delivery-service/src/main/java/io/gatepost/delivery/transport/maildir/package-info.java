/// Delivery to Maildirs: entry type [MaildirTransport].
@NullMarked
package io.gatepost.delivery.transport.maildir;

import org.jspecify.annotations.NullMarked;
