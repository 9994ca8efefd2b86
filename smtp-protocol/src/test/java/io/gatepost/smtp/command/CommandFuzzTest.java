package io.gatepost.smtp.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.smtp.command.CommandParser.Paths;
import java.nio.charset.StandardCharsets;

/// Whatever a line is, it is read without an exception, and what is read is what was said.
class CommandFuzzTest {

  private final CommandParser parser = new CommandParser(ForwardPath.of("postmaster@example.test"));

  @FuzzTest(maxDuration = "10m")
  void anyLineIsRead(byte[] octets) {
    Command command = parser.parse(new String(octets, StandardCharsets.ISO_8859_1), Paths.BARE);

    switch (command) {
      case Command.Mail(var sender, _, _, _) ->
          assertThat(ReversePath.of(sender.text())).isEqualTo(sender);
      case Command.Rcpt(var recipient, _, _) ->
          assertThat(ForwardPath.of(recipient.toString())).isEqualTo(recipient);
      case Command.Bdat(var size, _) -> assertThat(size).isNotNegative();
      case Command.Malformed(var reply) -> assertThat(reply.code().isPermanent()).isTrue();
      case Command.Fatal(var reply) -> assertThat(reply.code().isPermanent()).isTrue();
      case Command.Xclient(var attributes) -> assertThat(attributes).isNotEmpty();
      case Command.Auth _,
          Command.Data _,
          Command.Ehlo _,
          Command.Helo _,
          Command.Help _,
          Command.Noop _,
          Command.Quit _,
          Command.Rset _,
          Command.StartTls _,
          Command.Vrfy _ ->
          assertThat(command).isNotNull();
    }
  }
}
