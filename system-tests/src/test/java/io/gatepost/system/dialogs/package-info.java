/// Single dialogues with the server, each a text file under `dialogs`: see
/// [io.gatepost.testkit.smtp.SmtpScript].
@NullMarked
package io.gatepost.system.dialogs;

import org.jspecify.annotations.NullMarked;
