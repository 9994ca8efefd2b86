/// The commands of an SMTP client as values: entry type [CommandParser]. Knows no session and no
/// socket.
@NullMarked
package io.gatepost.smtp.command;

import org.jspecify.annotations.NullMarked;
