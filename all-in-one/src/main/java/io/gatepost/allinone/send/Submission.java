package io.gatepost.allinone.send;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A message to be handed to an SMTP server.
///
/// @param helo what this host calls itself
/// @param from the reverse-path; empty for the null one
/// @param to the forward-paths, at least one
/// @param message header and body, with whatever line ends
public record Submission(String helo, String from, List<String> to, byte[] message) {

  /// Sends it; a server that cannot be reached or breaks off is an [IOException].
  ///
  /// @param heard is told each reply line
  public SendResult to(InetSocketAddress server, Consumer<String> heard) throws IOException {
    try (SmtpConnection connection = new SmtpConnection(server, heard)) {
      SentReply greeting = connection.reply();
      if (!greeting.isPositive()) {
        return allGot(greeting);
      }
      SentReply hello = connection.command("EHLO " + helo);
      if (!hello.isPositive()) {
        hello = connection.command("HELO " + helo);
      }
      SentReply mail = hello.isPositive() ? connection.command(mailCommand(hello)) : hello;
      SendResult result = mail.isPositive() ? recipientsAndContent(connection) : allGot(mail);
      quit(connection);
      return result;
    }
  }

  /// What was accepted stays so, whatever becomes of the farewell.
  private static void quit(SmtpConnection connection) {
    try {
      connection.command("QUIT");
    } catch (IOException e) {
      // the server has gone already
    }
  }

  private SendResult recipientsAndContent(SmtpConnection connection) throws IOException {
    Map<String, String> replies = new LinkedHashMap<>();
    List<String> accepted = new ArrayList<>();
    for (String recipient : to) {
      SentReply reply = connection.command("RCPT TO:<" + recipient + ">");
      replies.put(recipient, reply.toString());
      if (reply.isPositive()) {
        accepted.add(recipient);
      }
    }
    if (!accepted.isEmpty()) {
      SentReply data = connection.command("DATA");
      SentReply last = data.code() == 354 ? connection.send(MessageText.onTheWire(message)) : data;
      accepted.forEach(recipient -> replies.put(recipient, last.toString()));
    }
    return new SendResult(replies);
  }

  private String mailCommand(SentReply hello) {
    String command = "MAIL FROM:<" + from + ">";
    if (hello.offers("SIZE")) {
      command += " SIZE=" + MessageText.onTheWire(message).length;
    }
    if (hello.offers("8BITMIME") && MessageText.hasEightBit(message)) {
      command += " BODY=8BITMIME";
    }
    return hello.offers("SMTPUTF8") && !isAscii() ? command + " SMTPUTF8" : command;
  }

  private boolean isAscii() {
    return from.chars().allMatch(c -> c < 0x80)
        && to.stream().allMatch(address -> address.chars().allMatch(c -> c < 0x80));
  }

  private SendResult allGot(SentReply reply) {
    Map<String, String> replies = new LinkedHashMap<>();
    to.forEach(recipient -> replies.put(recipient, reply.toString()));
    return new SendResult(replies);
  }

  /// A submission of a text that may lack a header.
  public static Submission of(String helo, String from, List<String> to, byte[] text) {
    String messageId = java.util.UUID.randomUUID() + "@" + helo;
    return new Submission(
        helo,
        from,
        List.copyOf(to),
        MessageText.withHeader(text, from, to, java.time.ZonedDateTime.now(), messageId));
  }
}
