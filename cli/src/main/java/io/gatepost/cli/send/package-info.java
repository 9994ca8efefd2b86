/// `send` and `sendmail`: a small SMTP client for the command line. Entry types [SendCommand],
/// [SendmailCommand] and [OutgoingMail]. Knows nothing of the services.
@NullMarked
package io.gatepost.cli.send;

import org.jspecify.annotations.NullMarked;
