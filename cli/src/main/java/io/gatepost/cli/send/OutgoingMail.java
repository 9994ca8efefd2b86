package io.gatepost.cli.send;

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
/// @param notices what the sender wants to be told
/// @param message header and body, with whatever line ends
public record OutgoingMail(
    String helo, String from, List<String> to, NoticeRequest notices, byte[] message) {

  /// Recipients in one transaction: servers take 100 at least, and most of them 1,000 (RFC 5321
  /// §4.5.3.1.8).
  private static final int MAX_RECIPIENTS = 1000;

  /// Sends it; a server that cannot be reached or breaks off is an [IOException].
  ///
  /// @param heard is told each reply line
  public SendResult to(InetSocketAddress server, Consumer<String> heard) throws IOException {
    try (ServerConnection connection = new ServerConnection(server, heard)) {
      SentReply greeting = connection.reply();
      if (!greeting.isPositive()) {
        return allGot(greeting);
      }
      SentReply hello = connection.command("EHLO " + helo);
      if (!hello.isPositive()) {
        hello = connection.command("HELO " + helo);
      }
      if (!hello.isPositive()) {
        quit(connection);
        return allGot(hello);
      }
      SendResult result = transactions(connection, hello);
      quit(connection);
      return result;
    }
  }

  /// As many as it takes; one that the server refuses as a whole is the last.
  private SendResult transactions(ServerConnection connection, SentReply hello) throws IOException {
    Map<String, String> replies = new LinkedHashMap<>();
    List<String> left = to;
    while (!left.isEmpty()) {
      SentReply mail = connection.command(mailCommand(hello));
      if (!mail.isPositive()) {
        left.forEach(recipient -> replies.put(recipient, mail.toString()));
        break;
      }
      left = transaction(connection, hello, left, replies);
    }
    return new SendResult(replies);
  }

  /// Says farewell; accepted mail stays accepted, whatever becomes of that.
  private static void quit(ServerConnection connection) {
    try {
      connection.command("QUIT");
    } catch (IOException e) {
      // the server has gone already
    }
  }

  /// Returns the recipients for whom there was no more room (RFC 5321 §4.5.3.1.10).
  private List<String> transaction(
      ServerConnection connection,
      SentReply hello,
      List<String> recipients,
      Map<String, String> replies)
      throws IOException {
    String parameters = hello.offers("DSN") ? notices.ofRcpt() : "";
    List<String> accepted = new ArrayList<>();
    int said = 0;
    while (said < recipients.size() && accepted.size() < MAX_RECIPIENTS) {
      String recipient = recipients.get(said);
      SentReply reply = connection.command("RCPT TO:<" + recipient + ">" + parameters);
      if (reply.code() == 452 && !accepted.isEmpty()) {
        break;
      }
      said++;
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
    return recipients.subList(said, recipients.size());
  }

  private String mailCommand(SentReply hello) {
    String command = "MAIL FROM:<" + from + ">";
    if (hello.offers("SIZE")) {
      command += " SIZE=" + MessageText.onTheWire(message).length;
    }
    if (hello.offers("8BITMIME") && MessageText.hasEightBit(message)) {
      command += " BODY=8BITMIME";
    }
    if (hello.offers("SMTPUTF8") && !isAscii()) {
      command += " SMTPUTF8";
    }
    return hello.offers("DSN") ? command + notices.ofMail() : command;
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
  public static OutgoingMail of(String helo, String from, List<String> to, byte[] text) {
    String messageId = java.util.UUID.randomUUID() + "@" + helo;
    return new OutgoingMail(
        helo,
        from,
        List.copyOf(to),
        NoticeRequest.NONE,
        MessageText.withHeader(text, from, to, java.time.ZonedDateTime.now(), messageId));
  }
}
