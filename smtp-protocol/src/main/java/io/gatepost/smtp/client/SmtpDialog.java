package io.gatepost.smtp.client;

import io.gatepost.contract.address.ForwardPath;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.reply.Reply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The client's order of the protocol: what each reply answers, and what follows from it. Commands
/// are pipelined where the host offers it, and so is the next mail behind the content of the one
/// before (RFC 2920 §3.1). For one connection; not for concurrent use.
public final class SmtpDialog {

  private static final int CLOSING = 421; // RFC 5321 §4.2.3: may answer any command

  /// What a reply that is still to come will answer.
  private sealed interface Expected {
    record Greeting() implements Expected {}

    record Ehlo() implements Expected {}

    record Helo() implements Expected {}

    record MailFrom(Transaction mail) implements Expected {}

    record RcptTo(Transaction mail, int index) implements Expected {}

    record Data(Transaction mail) implements Expected {}

    record FinalDot(Transaction mail) implements Expected {}

    record DotOfNothing(Transaction mail, Reply why) implements Expected {}

    record Rset() implements Expected {}

    record Quit() implements Expected {}
  }

  private final String heloName;
  private final Deque<Expected> expected = new ArrayDeque<>();
  private Extensions extensions = Extensions.NONE;
  private boolean closed;

  /// @param heloName what we call ourselves
  public SmtpDialog(String heloName) {
    this.heloName = heloName;
    expected.add(new Expected.Greeting());
  }

  /// What the host offered.
  public Extensions extensions() {
    return extensions;
  }

  /// Whether the next mail may begin now although the final dot of the one before is unanswered.
  public boolean mayBeginBehindContent() {
    return extensions.pipelining()
        && !closed
        && expected.size() == 1
        && expected.peek() instanceof Expected.FinalDot(var mail)
        && mail.isCommitted();
  }

  /// How long to wait for what comes next.
  public Duration patience(SmtpTimeouts timeouts) {
    return switch (expected.peek()) {
      case null -> timeouts.command();
      case Expected.Greeting _, Expected.Ehlo _, Expected.Helo _, Expected.Rset _ ->
          timeouts.command();
      case Expected.MailFrom _, Expected.RcptTo _ -> timeouts.command();
      case Expected.Data _ -> timeouts.dataStart();
      case Expected.FinalDot(var mail) ->
          mail.isCommitted() ? timeouts.finalDot() : timeouts.dataBlock();
      case Expected.DotOfNothing _ -> timeouts.finalDot();
      case Expected.Quit _ -> timeouts.quit();
    };
  }

  /// Begins a mail; only after [Action.Free], or where [#mayBeginBehindContent].
  public List<Action> begin(Mail mail) {
    if (!expected.isEmpty() && !mayBeginBehindContent()) {
      throw new IllegalStateException("a mail was begun before the one before it was over");
    }
    Transaction transaction = new Transaction(mail);
    StringBuilder commands = new StringBuilder(128);
    mailFrom(mail, commands);
    expected.add(new Expected.MailFrom(transaction));
    if (extensions.pipelining()) {
      for (int i = 0; i < mail.recipients().size(); i++) {
        rcptTo(mail.recipients().get(i), commands);
        expected.add(new Expected.RcptTo(transaction, i));
      }
      commands.append("DATA\r\n"); // the last of its group (RFC 2920 §3.1)
      expected.add(new Expected.Data(transaction));
    }
    return List.of(new Action.Send(commands.toString()));
  }

  /// Everything but the final dot of the oldest mail has been sent, and that follows now: from here
  /// on the host may have taken responsibility.
  public void finalDot() {
    if (expected.peek() instanceof Expected.FinalDot(var mail)) {
      mail.commit();
    }
  }

  /// Ends the conversation in order; only after [Action.Free].
  public List<Action> quit() {
    expected.add(new Expected.Quit());
    return List.of(new Action.Send("QUIT\r\n"));
  }

  /// The connection has gone: how the mails end that were under way, oldest first.
  public List<Action> lost() {
    List<Action> actions = new ArrayList<>();
    breakOff(Optional.empty(), actions);
    return actions;
  }

  /// The next reply has come.
  public List<Action> on(Reply reply) {
    Expected answered = expected.poll();
    if (closed || answered == null) {
      return shut(Optional.of(reply)); // nobody asked: the host is about to close
    }
    if (reply.code().value() == CLOSING) {
      return closing(answered, reply);
    }
    return switch (answered) {
      case Expected.Greeting _ -> onGreeting(reply);
      case Expected.Ehlo _ -> onEhlo(reply);
      case Expected.Helo _ -> onHelo(reply);
      case Expected.MailFrom(var mail) -> onMail(mail, reply);
      case Expected.RcptTo(var mail, int index) -> onRcpt(mail, index, reply);
      case Expected.Data(var mail) -> onData(mail, reply);
      case Expected.FinalDot(var mail) -> onFinalDot(mail, reply);
      case Expected.DotOfNothing(var mail, Reply why) -> over(mail.answered(why), List.of());
      case Expected.Rset _ -> onRset(reply);
      case Expected.Quit _ -> shut(Optional.empty());
    };
  }

  private List<Action> onGreeting(Reply reply) {
    if (!isPositive(reply)) {
      return unwelcome(reply);
    }
    return ask(new Expected.Ehlo(), "EHLO ");
  }

  private List<Action> onEhlo(Reply reply) {
    if (reply.code().isPermanent()) {
      return ask(new Expected.Helo(), "HELO "); // RFC 5321 §3.2
    }
    if (!isPositive(reply)) {
      return unwelcome(reply);
    }
    extensions = Extensions.of(reply);
    return List.of(new Action.Free());
  }

  private List<Action> onHelo(Reply reply) {
    return isPositive(reply) ? List.of(new Action.Free()) : unwelcome(reply);
  }

  private List<Action> ask(Expected answer, String verb) {
    expected.add(answer);
    return List.of(new Action.Send(verb + heloName + "\r\n"));
  }

  private List<Action> onMail(Transaction mail, Reply reply) {
    mail.mailAnswered(reply);
    if (extensions.pipelining()) {
      return List.of(); // the answers to RCPT and DATA are under way
    }
    return mail.isOpened() ? sendRcpt(mail, 0) : over(mail.answered(reply), List.of());
  }

  private List<Action> onRcpt(Transaction mail, int index, Reply reply) {
    mail.recipientAnswered(index, reply);
    if (extensions.pipelining()) {
      return List.of();
    }
    if (index + 1 < mail.mail().recipients().size()) {
      return sendRcpt(mail, index + 1);
    }
    if (!mail.hasAccepted()) {
      return reset(mail, reply);
    }
    expected.add(new Expected.Data(mail));
    return List.of(new Action.Send("DATA\r\n"));
  }

  private List<Action> sendRcpt(Transaction mail, int index) {
    StringBuilder command = new StringBuilder(64);
    rcptTo(mail.mail().recipients().get(index), command);
    expected.add(new Expected.RcptTo(mail, index));
    return List.of(new Action.Send(command.toString()));
  }

  private List<Action> onData(Transaction mail, Reply reply) {
    int code = reply.code().value();
    if (code < 300) {
      return outOfStep(mail);
    }
    if (code >= 400) {
      return reset(mail, reply);
    }
    if (!mail.hasAccepted()) {
      // RFC 2920 §3.1: DATA was accepted without a recipient; only a single dot gets us out.
      expected.add(new Expected.DotOfNothing(mail, reply));
      return List.of(new Action.Send(".\r\n"));
    }
    expected.add(new Expected.FinalDot(mail));
    return List.of(new Action.SendContent());
  }

  private List<Action> onFinalDot(Transaction mail, Reply reply) {
    if (mail.isCommitted() && (isPositive(reply) || !reply.code().isPositive())) {
      return over(mail.answered(reply), List.of());
    }
    if (reply.code().isPositive()) {
      return outOfStep(mail); // taken before it was sent, or a 3xx
    }
    // Refused while the content is still on its way: the host would take the rest for commands.
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.Ended(mail.answered(reply)));
    breakOff(Optional.empty(), actions);
    return actions;
  }

  private List<Action> onRset(Reply reply) {
    return isPositive(reply) ? List.of(new Action.Free()) : shut(Optional.empty());
  }

  /// The mail ended before its content: RSET, where a transaction is open.
  private List<Action> reset(Transaction mail, Reply reply) {
    if (!mail.isOpened()) {
      return over(mail.answered(reply), List.of());
    }
    expected.add(new Expected.Rset());
    return over(mail.answered(reply), List.of(new Action.Send("RSET\r\n")));
  }

  private List<Action> over(MailEnd end, List<Action> more) {
    List<Action> actions = new ArrayList<>(3);
    actions.add(new Action.Ended(end));
    actions.addAll(more);
    if (expected.isEmpty()) {
      actions.add(new Action.Free());
    }
    return actions;
  }

  private List<Action> unwelcome(Reply reply) {
    closed = true;
    return List.of(new Action.Unwelcome(reply), new Action.Close());
  }

  /// 421: whatever was under way ends with it.
  private List<Action> closing(Expected answered, Reply reply) {
    List<Action> actions = new ArrayList<>();
    switch (answered) {
      case Expected.Greeting _, Expected.Ehlo _, Expected.Helo _ -> {
        return unwelcome(reply);
      }
      case Expected.FinalDot(var mail) -> actions.add(new Action.Ended(mail.answered(reply)));
      case Expected.MailFrom(var mail) -> end(mail, reply, actions);
      case Expected.RcptTo(var mail, int _) -> end(mail, reply, actions);
      case Expected.Data(var mail) -> end(mail, reply, actions);
      case Expected.DotOfNothing(var mail, Reply why) ->
          actions.add(new Action.Ended(mail.answered(why)));
      case Expected.Rset _, Expected.Quit _ -> {}
    }
    breakOff(Optional.of(reply), actions);
    return actions;
  }

  private void end(Transaction mail, Reply closing, List<Action> actions) {
    expected.removeIf(other -> transactionOf(other) == mail);
    mail.touched();
    actions.add(new Action.Ended(mail.brokenOff(Optional.of(closing))));
  }

  private List<Action> outOfStep(Transaction mail) {
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.Ended(mail.brokenOff(Optional.empty())));
    breakOff(Optional.empty(), actions);
    return actions;
  }

  private List<Action> shut(Optional<Reply> closing) {
    List<Action> actions = new ArrayList<>();
    breakOff(closing, actions);
    return actions;
  }

  private void breakOff(Optional<Reply> closing, List<Action> actions) {
    closed = true;
    Transaction last = null;
    for (Expected waiting : expected) {
      Transaction mail = transactionOf(waiting);
      if (mail != null && mail != last) {
        actions.add(new Action.Ended(mail.brokenOff(closing)));
        last = mail;
      }
    }
    expected.clear();
    actions.add(new Action.Close());
  }

  private static @Nullable Transaction transactionOf(Expected expected) {
    return switch (expected) {
      case Expected.MailFrom(var mail) -> mail;
      case Expected.RcptTo(var mail, int _) -> mail;
      case Expected.Data(var mail) -> mail;
      case Expected.FinalDot(var mail) -> mail;
      case Expected.DotOfNothing(var mail, Reply _) -> mail;
      case Expected.Greeting _, Expected.Ehlo _, Expected.Helo _ -> null;
      case Expected.Rset _, Expected.Quit _ -> null;
    };
  }

  private void mailFrom(Mail mail, StringBuilder command) {
    command.append("MAIL FROM:<").append(mail.sender().text()).append('>');
    if (extensions.size()) {
      command.append(" SIZE=").append(mail.octets());
    }
    // Deviation: RFC 6152 §3 asks for a conversion where the host does not offer 8BITMIME. Hosts
    // take 8-bit content all the same, and a conversion would break signatures.
    if (extensions.eightBitMime() && mail.body() == BodyType.EIGHT_BIT_MIME) {
      command.append(" BODY=8BITMIME");
    }
    command.append("\r\n");
  }

  private static void rcptTo(ForwardPath recipient, StringBuilder command) {
    command
        .append("RCPT TO:<")
        .append(recipient.localPart().text())
        .append('@')
        .append(recipient.domain().text())
        .append(">\r\n");
  }

  private static boolean isPositive(Reply reply) {
    return reply.code().value() < 300;
  }
}
