/// The command line: the root of its command tree, and the commands that ask once and end. Entry
/// types [Client], which is `main` for these commands, and [CommandTree], to which the suite adds
/// its own commands. Knows the suite as a client does: by its ports and by SMTP.
@NullMarked
package io.gatepost.cli;

import org.jspecify.annotations.NullMarked;
