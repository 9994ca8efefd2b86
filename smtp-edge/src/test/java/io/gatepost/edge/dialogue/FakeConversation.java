package io.gatepost.edge.dialogue;

import io.gatepost.contract.reply.Reply;
import io.gatepost.edge.policy.Networks;
import io.gatepost.edge.session.Role;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A connection without a socket: a client that sends and hears in memory, on the test's thread. A
/// reply that waits for the log is held until [#writeLog].
final class FakeConversation implements Conversation {

  final SmtpDialogue dialogue;
  private final DialogueServices dialogueServices;
  final Client client;
  final SessionJournal journal;

  /// Whether there is a place among the connections in TLS.
  boolean hasTlsRoom = true;

  /// Whether TLS has been started.
  boolean tlsStarted;

  /// The client that a proxy has named.
  Optional<XclientAttributes> adopted = Optional.empty();

  private final LineInput input = new LineInput();
  private final List<Reply> heard = new ArrayList<>();
  private final List<Runnable> behindLog = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();
  private final List<Runnable> behindTurn = new ArrayList<>();

  /// Whether the session's thread does something else first.
  boolean isThreadBusy;

  private long said;
  private boolean closed;
  private boolean advancing;

  /// @param address the client's
  FakeConversation(TestServices services, String address) {
    this(services, address, Role.MX, services.dialogueServices());
  }

  /// @param role of the listener
  FakeConversation(TestServices services, String address, Role role, FakeConversation other) {
    this(services, address, role, other.dialogueServices);
  }

  /// @param other a conversation with the same server
  FakeConversation(TestServices services, String address, FakeConversation other) {
    this(services, address, Role.MX, other.dialogueServices);
  }

  private FakeConversation(
      TestServices services, String address, Role role, DialogueServices dialogueServices) {
    this.dialogueServices = dialogueServices;
    this.client =
        new Client(
            role,
            services.networks(Networks.parse("key", List.of())),
            InetAddress.ofLiteral(address),
            "192.0.2.1:25");
    this.journal =
        new SessionJournal(
            dialogueServices.meters(),
            client,
            dialogueServices.rules().loggedRefusals(),
            () -> said - input.size());
    this.dialogue = new SmtpDialogue(this, dialogueServices);
  }

  /// The client sends octets.
  void say(String octets) {
    said += octets.length();
    byte[] fresh = octets.getBytes(StandardCharsets.ISO_8859_1);
    int at = input.extend(fresh.length);
    System.arraycopy(fresh, 0, input.octets(), at, fresh.length);
    resume();
  }

  /// The replies since the last look, without those of several lines but for their last line.
  List<String> heard() {
    List<String> texts =
        heard.stream()
            .map(reply -> new String(reply.wire(), StandardCharsets.US_ASCII).strip())
            .map(text -> text.substring(text.lastIndexOf('\n') + 1))
            .toList();
    heard.clear();
    return texts;
  }

  /// The client sends octets and hears the answers.
  List<String> ask(String octets) {
    say(octets);
    return heard();
  }

  /// The time of all that runs later has come.
  void waitForAll() {
    List<Runnable> due = List.copyOf(later);
    later.clear();
    due.forEach(Runnable::run);
  }

  @Override
  public void runLater(Duration delay, Runnable action) {
    later.add(action);
  }

  /// The client goes without a word.
  void hangUp() {
    closed = true;
    dialogue.gone();
  }

  /// The session's thread comes to what was given to it.
  void threadIsFree() {
    isThreadBusy = false;
    List<Runnable> due = List.copyOf(behindTurn);
    behindTurn.clear();
    due.forEach(Runnable::run);
  }

  /// The log has written all its lines.
  void writeLog() {
    List<Runnable> due = List.copyOf(behindLog);
    behindLog.clear();
    due.forEach(Runnable::run);
  }

  @Override
  public Client client() {
    return client;
  }

  @Override
  public SessionJournal journal() {
    return journal;
  }

  @Override
  public LineInput input() {
    return input;
  }

  @Override
  public void send(Reply reply) {
    heard.add(reply);
  }

  @Override
  public void close(Reply last) {
    if (!closed) {
      closed = true;
      heard.add(last);
      dialogue.gone();
    }
  }

  @Override
  public boolean isClosed() {
    return closed;
  }

  @Override
  public boolean reserveTls() {
    return hasTlsRoom;
  }

  @Override
  public void startTls(Reply reply) {
    heard.add(reply);
    tlsStarted = true;
  }

  @Override
  public void adopt(XclientAttributes named) {
    client.adopt(named);
    adopted = Optional.of(named);
  }

  @Override
  public void resume() {
    if (advancing) {
      return;
    }
    advancing = true;
    while (!closed && !tlsStarted && dialogue.advance()) {}
    advancing = false;
  }

  @Override
  public void runInSession(Runnable action) {
    if (isThreadBusy) {
      behindTurn.add(action);
    } else {
      action.run();
    }
  }

  @Override
  public void runAfterLog(Runnable action) {
    behindLog.add(action);
  }

  @Override
  public void failed(Throwable error) {
    throw new AssertionError("no answer may fail", error);
  }
}
