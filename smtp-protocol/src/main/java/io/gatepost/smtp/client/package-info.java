/// The client's side of a dialogue, as a pure machine: entry type [SmtpDialog]. Knows no socket.
@NullMarked
package io.gatepost.smtp.client;

import org.jspecify.annotations.NullMarked;
