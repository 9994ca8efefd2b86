/// SMTP for tests, written apart from the product so that it does not share the product's mistakes.
/// Entry types [SmtpClient], [SmtpScript] and [FakeSmtpServer].
@NullMarked
package io.gatepost.testkit.smtp;

import org.jspecify.annotations.NullMarked;
