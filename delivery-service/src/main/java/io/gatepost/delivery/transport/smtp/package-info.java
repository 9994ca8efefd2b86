/// Delivery by SMTP: entry type [SmtpTransport]; the only place of this service that knows Netty.
@NullMarked
package io.gatepost.delivery.transport.smtp;

import org.jspecify.annotations.NullMarked;
