package io.gatepost.smtp.client;

import io.gatepost.contract.delivery.ProbeAnswer;
import io.gatepost.contract.envelope.BodyType;
import io.gatepost.contract.envelope.Recipient;
import io.gatepost.contract.reply.Reply;
import io.gatepost.smtp.client.Extensions.Keyword;
import io.gatepost.smtp.mime.Conversion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The client's order of the protocol: what each reply answers, and what follows from it. Commands
/// are pipelined where the host offers it, and so is the next mail behind the content of the one
/// before (RFC 2920 §3.1). For one connection; not for concurrent use.
public final class ClientDialog {

  /// RFC 5321 §4.2.3: may answer any command.
  static final int CLOSING = 421;

  private static final int BAD_SEQUENCE = 503;

  private static final List<Action> NOTHING = List.of();

  private final Opening opening;
  private final RecipientListener listener;
  private final Deque<Expected> expected = new ArrayDeque<>();
  private @Nullable Transaction chunked;
  private int begun;
  private boolean closed;

  public ClientDialog(Terms terms) {
    this(terms, RecipientListener.NONE);
  }

  public ClientDialog(Terms terms, RecipientListener listener) {
    this.opening = new Opening(terms);
    this.listener = listener;
  }

  /// The extensions that the host offers.
  public Extensions extensions() {
    return opening.extensions();
  }

  /// Whether the next mail may begin now although the final dot of the one before is unanswered.
  public boolean mayBeginBehindContent() {
    return isPipelining() && !closed && expected.size() == 1 && isContentOver(expected.peek());
  }

  private static boolean isContentOver(@Nullable Expected next) {
    return next instanceof Expected.LastChunk
        || (next instanceof Expected.FinalDot(var mail) && mail.isCommitted());
  }

  /// Whether the host has been sent something that it has not answered.
  public boolean isAwaitingReply() {
    return !expected.isEmpty();
  }

  /// How long to wait for what comes next.
  public Duration patience(SmtpTimeouts timeouts) {
    Expected next = expected.peek();
    return next == null ? timeouts.command() : next.patience(timeouts);
  }

  /// Why this host cannot take a mail for anybody, by what it offers; such a mail is not begun.
  public Optional<Reply> refusal(Mail mail) {
    return Fitness.refusal(mail, extensions());
  }

  /// Why this host cannot take mail for one recipient, by what it offers.
  public Optional<Reply> refusal(Recipient recipient) {
    return Fitness.refusal(recipient, extensions());
  }

  /// The conversion of a mail's content that this host needs, by the extensions that it offers.
  public Conversion conversion(Mail mail) {
    return Fitness.conversion(mail, extensions());
  }

  /// Where the host refused, once it was [Action.Unwelcome].
  public ProbeAnswer.Stage refusedAt() {
    return opening.refusedAt();
  }

  /// Whether TLS has been asked for, and nothing has come through it yet: a connection that ends
  /// now says that the host cannot do it.
  public boolean isTlsUnproven() {
    return opening.isTlsUnproven();
  }

  /// Whether the host may have taken responsibility for the oldest mail without our knowing it.
  public boolean isCommitted() {
    Transaction oldest = mailOfNext();
    return oldest != null && oldest.isCommitted();
  }

  /// The negative answers to RCPT of the oldest mail so far, by its order; none where there is no
  /// mail.
  public List<Optional<Reply>> refusals() {
    Transaction oldest = chunked != null ? chunked : mailOfNext();
    return oldest == null ? List.of() : oldest.refusals();
  }

  /// Whether the host has refused somebody of the oldest mail, whose recipients are answered for.
  public boolean hasRefused() {
    Transaction oldest = chunked != null ? chunked : mailOfNext();
    return oldest != null && oldest.hasRefused();
  }

  private @Nullable Transaction mailOfNext() {
    return expected.isEmpty() ? null : expected.element().mailOrNull();
  }

  /// Begins a mail; only after [Action.Free], or where [#mayBeginBehindContent].
  public List<Action> begin(Mail mail) {
    if (!opening.isOver() || (!expected.isEmpty() && !mayBeginBehindContent())) {
      throw new IllegalStateException("a mail was begun before the one before it was over");
    }
    begun++;
    Transaction transaction = new Transaction(mail);
    StringBuilder commands = new StringBuilder(128);
    Commands.mail(mail, extensions(), commands);
    expected.add(new Expected.MailFrom(transaction));
    if (isPipelining()) {
      for (int i = 0; i < mail.recipients().size(); i++) {
        Commands.rcpt(mail, i, extensions(), commands);
        expected.add(new Expected.RcptTo(transaction, i));
      }
      if (!isChunked(mail)) {
        commands.append("DATA\r\n"); // the last of its group (RFC 2920 §3.1)
        expected.add(new Expected.Data(transaction));
      }
    }
    return List.of(new Action.Send(commands.toString()));
  }

  /// Asks about a mail's recipients without sending it; only after [Action.Free].
  public List<Action> ask(Mail mail) {
    if (!opening.isOver() || !expected.isEmpty()) {
      throw new IllegalStateException("recipients were asked about before a mail was over");
    }
    begun++;
    Inquiry inquiry = new Inquiry(mail, extensions());
    String commands = inquiry.begin();
    expected.addAll(Collections.nCopies(inquiry.unanswered(), new Expected.Asked(inquiry)));
    return List.of(new Action.Send(commands));
  }

  /// The connection has become an encrypted one.
  public List<Action> encrypted() {
    return opening.encrypted();
  }

  /// Gives up the oldest mail, of whose content nothing has been sent; how it has ended is its
  /// owner's to know.
  public List<Action> abandon() {
    if (chunked != null) {
      chunked = null;
      expected.add(new Expected.Rset());
      return List.of(new Action.Send("RSET\r\n"));
    }
    expected.poll(); // after 354 only the end of the connection is not the end of the content
    return shut(Optional.empty());
  }

  /// A reply has come while the oldest mail waits for its content, of which nothing has been sent:
  /// the host refuses it before it has seen it, or goes.
  public List<Action> onHeld(Reply reply) {
    Transaction mail = chunked != null ? chunked : mailOfNext();
    if (mail == null || reply.code().isPositive() || reply.code().value() == CLOSING) {
      boolean isClosing = reply.code().value() == CLOSING;
      return shut(isClosing ? Optional.of(reply) : Optional.empty());
    }
    return refusedOnItsWay(mail, reply);
  }

  /// Everything but the final dot of the oldest mail has been sent, and that follows now: from here
  /// on the host may have taken responsibility.
  public void finalDot() {
    if (expected.peek() instanceof Expected.FinalDot(var mail)) {
      mail.commit();
    }
  }

  /// The command in front of a chunk of the content; empty where the conversation is over.
  ///
  /// @param octets of the chunk, without the dots of transparency
  public Optional<String> chunk(int octets) {
    Transaction mail = chunked;
    if (mail == null) {
      return Optional.empty();
    }
    expected.add(new Expected.Chunk(mail));
    return Optional.of("BDAT " + octets + "\r\n");
  }

  /// The command that ends the content: from here on the host may have taken responsibility. Empty
  /// where the conversation is over.
  public Optional<String> lastChunk() {
    Transaction mail = chunked;
    if (mail == null) {
      return Optional.empty();
    }
    chunked = null;
    mail.commit();
    expected.add(new Expected.LastChunk(mail));
    return Optional.of("BDAT 0 LAST\r\n");
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
    if (!opening.isOver()) {
      return opening.on(reply);
    }
    Expected answered = expected.poll();
    if (closed || answered == null) {
      return shut(Optional.of(reply)); // nobody asked: the host is about to close
    }
    if (reply.code().value() == CLOSING) {
      return closing(answered, reply);
    }
    return switch (answered) {
      case Expected.MailFrom(var mail) -> onMail(mail, reply);
      case Expected.RcptTo(var mail, int index) -> onRcpt(mail, index, reply);
      case Expected.Data(var mail) -> onData(mail, reply);
      case Expected.FinalDot(var mail) -> onFinalDot(mail, reply);
      case Expected.DotOfNothing(var mail, Reply why) -> over(mail.answered(why), NOTHING);
      case Expected.Chunk(var mail) -> onChunk(mail, reply);
      case Expected.LastChunk(var mail) -> onFinalDot(mail, reply);
      case Expected.Asked(var inquiry) -> onInquiry(inquiry, reply);
      case Expected.Rset _ -> onRset(reply);
      case Expected.Quit _ -> shut(Optional.empty());
    };
  }

  private List<Action> onMail(Transaction mail, Reply reply) {
    if (begun > 1 && reply.code().value() == BAD_SEQUENCE) {
      return outOfStep(mail); // by what went before: a new connection is in step
    }
    mail.mailAnswered(reply);
    if (isPipelining()) {
      return NOTHING; // the answers to RCPT and DATA are under way
    }
    return mail.isOpened() ? sendRcpt(mail, 0) : over(mail.answered(reply), NOTHING);
  }

  private List<Action> onRcpt(Transaction mail, int index, Reply reply) {
    mail.recipientAnswered(index, reply);
    if (mail.isOpened()) {
      listener.answered(mail.mail(), index, reply);
    }
    boolean last = index + 1 == mail.mail().recipients().size();
    if (isPipelining()) {
      return last && isChunked(mail.mail()) ? chunks(mail, reply) : NOTHING;
    }
    if (!last) {
      return sendRcpt(mail, index + 1);
    }
    if (isChunked(mail.mail())) {
      return chunks(mail, reply);
    }
    if (!mail.hasAccepted()) {
      return reset(mail, reply);
    }
    expected.add(new Expected.Data(mail));
    return List.of(new Action.Send("DATA\r\n"));
  }

  private List<Action> sendRcpt(Transaction mail, int index) {
    StringBuilder command = new StringBuilder(64);
    Commands.rcpt(mail.mail(), index, extensions(), command);
    expected.add(new Expected.RcptTo(mail, index));
    return List.of(new Action.Send(command.toString()));
  }

  private List<Action> chunks(Transaction mail, Reply reply) {
    if (!mail.hasAccepted()) {
      return reset(mail, reply);
    }
    chunked = mail;
    return List.of(new Action.SendChunks());
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
    if (mail.isCommitted() && (reply.code().isCompletion() || !reply.code().isPositive())) {
      return over(mail.answered(reply), NOTHING);
    }
    return reply.code().isPositive()
        ? outOfStep(mail) // taken before it was sent, or a 3xx
        : refusedOnItsWay(mail, reply);
  }

  private List<Action> onChunk(Transaction mail, Reply reply) {
    if (reply.code().isCompletion()) {
      return NOTHING;
    }
    return reply.code().isPositive() ? outOfStep(mail) : refusedOnItsWay(mail, reply);
  }

  /// Refused while the content is still being sent: what is in flight cannot be taken back, and the
  /// host might take it for commands.
  private List<Action> refusedOnItsWay(Transaction mail, Reply reply) {
    remove(mail);
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.Ended(mail.answered(reply)));
    breakOff(Optional.empty(), actions);
    return actions;
  }

  private List<Action> onInquiry(Inquiry inquiry, Reply reply) {
    Inquiry.Step step = inquiry.on(reply);
    List<Action> actions = new ArrayList<>(step.actions());
    switch (step.next()) {
      case FREE -> actions.add(new Action.Free());
      case CLOSE -> breakOff(Optional.empty(), actions);
      case GOES_ON -> {
        if (!step.commands().isEmpty()) {
          expected.add(new Expected.Asked(inquiry));
          actions.add(new Action.Send(step.commands()));
        }
      }
    }
    return actions;
  }

  private List<Action> onRset(Reply reply) {
    return reply.code().isCompletion() ? List.of(new Action.Free()) : shut(Optional.empty());
  }

  /// The mail ended before its content: RSET, where a transaction is open.
  private List<Action> reset(Transaction mail, Reply reply) {
    if (!mail.isOpened()) {
      return over(mail.answered(reply), NOTHING);
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

  /// 421: whatever was under way ends with it.
  private List<Action> closing(Expected answered, Reply reply) {
    List<Action> actions = new ArrayList<>();
    switch (answered) {
      case Expected.FinalDot(var mail) -> actions.add(new Action.Ended(mail.answered(reply)));
      case Expected.LastChunk(var mail) -> actions.add(new Action.Ended(mail.answered(reply)));
      case Expected.Chunk(var mail) -> {
        return refusedOnItsWay(mail, reply);
      }
      case Expected.MailFrom(var mail) -> end(mail, reply, actions);
      case Expected.RcptTo(var mail, int _) -> end(mail, reply, actions);
      case Expected.Data(var mail) -> end(mail, reply, actions);
      case Expected.DotOfNothing(var mail, Reply why) ->
          actions.add(new Action.Ended(mail.answered(why)));
      case Expected.Asked(var inquiry) ->
          actions.addAll(inquiry.brokenOff(Optional.of(reply)).actions());
      case Expected.Rset _, Expected.Quit _ -> {}
    }
    breakOff(Optional.of(reply), actions);
    return actions;
  }

  private void end(Transaction mail, Reply closing, List<Action> actions) {
    expected.removeIf(other -> other.mailOrNull() == mail);
    mail.touched();
    actions.add(new Action.Ended(mail.brokenOff(Optional.of(closing))));
  }

  private List<Action> outOfStep(Transaction mail) {
    remove(mail);
    List<Action> actions = new ArrayList<>();
    actions.add(new Action.Ended(mail.brokenOff(Optional.empty())));
    breakOff(Optional.empty(), actions);
    return actions;
  }

  private void remove(Transaction mail) {
    expected.removeIf(other -> other.mailOrNull() == mail);
    if (chunked == mail) {
      chunked = null;
    }
  }

  private List<Action> shut(Optional<Reply> closing) {
    List<Action> actions = new ArrayList<>();
    breakOff(closing, actions);
    return actions;
  }

  private void breakOff(Optional<Reply> closing, List<Action> actions) {
    closed = true;
    Transaction last = chunked;
    if (last != null) { // the oldest; of its chunks none may be unanswered
      actions.add(new Action.Ended(last.brokenOff(closing)));
      chunked = null;
    }
    for (Expected waiting : expected) {
      Transaction mail = waiting.mailOrNull();
      if (mail != null && mail != last) {
        actions.add(new Action.Ended(mail.brokenOff(closing)));
        last = mail;
      }
      if (waiting instanceof Expected.Asked(var inquiry)) {
        actions.addAll(inquiry.brokenOff(closing).actions());
      }
    }
    expected.clear();
    actions.add(new Action.Close());
  }

  private boolean isPipelining() {
    return extensions().offers(Keyword.PIPELINING);
  }

  private boolean isChunked(Mail mail) {
    // A chunk follows before the last one is answered.
    return (mail.carriage() == Mail.Carriage.PIECES || isBinary(mail))
        && extensions().offers(Keyword.CHUNKING)
        && isPipelining();
  }

  /// Content that goes out as it is and has no lines is not for DATA (RFC 3030 §3).
  private boolean isBinary(Mail mail) {
    return mail.parameters().body() == BodyType.BINARY_MIME && conversion(mail) == Conversion.NONE;
  }
}
