/// The end of a command: exit statuses, and failures that one line explains. Entry types [ExitCode]
/// and [CommandFailure].
@NullMarked
package io.gatepost.cli.exit;

import org.jspecify.annotations.NullMarked;
