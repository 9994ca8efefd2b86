package io.gatepost.smtp.client;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.address.ReversePath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.reply.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One mail transaction as the client sees it: what to send, and what each reply means. With
/// PIPELINING all commands up to DATA go out together (RFC 2920); without it one by one. Replies
/// come in the order of the commands.
public final class SmtpDialog {

  private final List<String> commands = new ArrayList<>();
  private final List<Reply> recipientReplies = new ArrayList<>();
  private final int recipients;
  private final boolean pipelining;
  private int answered;
  private int accepted;

  /// What a reply leads to.
  public sealed interface Next {
    /// Wait for more replies.
    record Await() implements Next {}

    /// Send this, then wait.
    record Send(String commands) implements Next {}

    /// Send the content and the final dot; the next reply is about all recipients accepted so far.
    record SendContent() implements Next {}

    /// It is over.
    ///
    /// @param replies the last word on each recipient, in order
    /// @param reusable whether another transaction may follow on this connection
    record Done(List<Reply> replies, boolean reusable) implements Next {}
  }

  private static final Next AWAIT = new Next.Await();

  /// @param octets of the content, for SIZE
  public SmtpDialog(
      ReversePath sender,
      List<ForwardPath> recipients,
      BodyType body,
      long octets,
      Extensions extensions) {
    this.recipients = recipients.size();
    this.pipelining = extensions.pipelining();
    StringBuilder mail =
        new StringBuilder(64).append("MAIL FROM:<").append(sender.text()).append('>');
    if (extensions.size()) {
      mail.append(" SIZE=").append(octets);
    }
    if (extensions.eightBitMime() && body == BodyType.EIGHT_BIT_MIME) {
      // Deviation: to a server without 8BITMIME the octets go as they are (RFC 6152 §3 would have
      // us
      // encode or refuse), as every server of today takes them.
      mail.append(" BODY=8BITMIME");
    }
    commands.add(mail.append("\r\n").toString());
    recipients.forEach(recipient -> commands.add("RCPT TO:<" + recipient + ">\r\n"));
    commands.add("DATA\r\n");
  }

  /// What to send first.
  public byte[] start() {
    String first = pipelining ? String.join("", commands) : commands.getFirst();
    return first.getBytes(StandardCharsets.US_ASCII);
  }

  /// What the next reply means.
  public Next on(Reply reply) {
    int command = answered++;
    if (command == 0) {
      return afterMail(reply);
    }
    if (command <= recipients) {
      return afterRcpt(reply);
    }
    return command == recipients + 1 ? afterData(reply) : afterContent(reply);
  }

  /// Whether content was, or is being, sent: from then on a lost connection leaves the outcome
  /// unknown.
  public boolean sentContent() {
    return answered > recipients + 1;
  }

  private Next afterMail(Reply reply) {
    if (!reply.code().isPositive()) {
      return allEndWith(reply);
    }
    return pipelining ? AWAIT : new Next.Send(commands.get(1));
  }

  private Next afterRcpt(Reply reply) {
    recipientReplies.add(reply);
    if (reply.code().isPositive()) {
      accepted++;
    }
    boolean last = recipientReplies.size() == recipients;
    if (last && accepted == 0) {
      // A pipelined DATA is on its way; what the server makes of it is not worth waiting for.
      return new Next.Done(List.copyOf(recipientReplies), false);
    }
    return pipelining ? AWAIT : new Next.Send(commands.get(answered));
  }

  private Next afterData(Reply reply) {
    return reply.code().value() == 354 ? new Next.SendContent() : accepted(reply, false);
  }

  private Next afterContent(Reply reply) {
    return accepted(reply, reply.code().value() != 421);
  }

  /// The reply is the last word on every recipient that was accepted.
  private Next accepted(Reply reply, boolean reusable) {
    List<Reply> replies =
        recipientReplies.stream()
            .map(earlier -> earlier.code().isPositive() ? reply : earlier)
            .toList();
    return new Next.Done(replies, reusable);
  }

  private Next allEndWith(Reply reply) {
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < recipients; i++) {
      replies.add(reply);
    }
    return new Next.Done(replies, false);
  }
}
