package io.gatepost.rpc;

import static io.gatepost.rpc.Caller.DELIVERY;
import static io.gatepost.rpc.Caller.EDGE;
import static io.gatepost.rpc.Caller.OPERATOR;
import static io.gatepost.rpc.Caller.SCANNER;
import static io.gatepost.rpc.Caller.VERIFICATION;

import io.gatepost.contract.queue.Queue;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The calls that there are: who may make them, which instance of a service gets them, and when
/// they are made again at another instance.
enum Call {
  ROUTE("routing.v1.Routing/Route", Repeat.QUESTION, DELIVERY, VERIFICATION, OPERATOR),
  EXPLAIN_ROUTE("routing.v1.Routing/Explain", Repeat.QUESTION, OPERATOR),
  DOMAINS("routing.v1.Operator/Domains", Repeat.QUESTION, OPERATOR),
  ADD_DOMAIN("routing.v1.Operator/AddDomain", Repeat.NEVER, OPERATOR),
  REMOVE_DOMAIN("routing.v1.Operator/RemoveDomain", Repeat.NEVER, OPERATOR),
  MAILBOXES("routing.v1.Operator/Mailboxes", Repeat.QUESTION, OPERATOR),
  ADD_MAILBOX("routing.v1.Operator/AddMailbox", Repeat.NEVER, OPERATOR),
  REMOVE_MAILBOX("routing.v1.Operator/RemoveMailbox", Repeat.NEVER, OPERATOR),
  ALIASES("routing.v1.Operator/Aliases", Repeat.QUESTION, OPERATOR),
  ADD_ALIAS("routing.v1.Operator/AddAlias", Repeat.NEVER, OPERATOR),
  REMOVE_ALIAS("routing.v1.Operator/RemoveAlias", Repeat.NEVER, OPERATOR),

  VERIFY_RECIPIENT("verification.v1.Verification/VerifyRecipient", Repeat.QUESTION, EDGE, OPERATOR),
  VERIFY_SENDER("verification.v1.Verification/VerifySender", Repeat.QUESTION, EDGE),
  VERIFY_REVERSE_PATH("verification.v1.Verification/VerifyReversePath", Repeat.QUESTION, EDGE),
  /// Each is counted as a guess.
  VERIFY_CREDENTIALS("verification.v1.Verification/VerifyCredentials", Repeat.UNSENT, EDGE),
  SCRAM_PARAMETERS("verification.v1.Verification/ScramParameters", Repeat.QUESTION, EDGE),
  HEARD("verification.v1.Verification/Heard", Repeat.UNSENT, DELIVERY),
  EXPLAIN_VERDICT("verification.v1.Operator/Explain", Repeat.QUESTION, OPERATOR),
  ACCEPTING_ALL("verification.v1.Operator/AcceptingAll", Repeat.QUESTION, OPERATOR),
  FORGET("verification.v1.Operator/Forget", Repeat.NEVER, OPERATOR),

  /// A scanner has enough to do with a message that it gets once.
  SCAN("scanning.v1.Scanning/Scan", Repeat.UNSENT, EDGE, DELIVERY, OPERATOR),
  /// At the instance that has it, which is found by asking one after the other.
  REPLACEMENT("scanning.v1.Scanning/Replacement", Repeat.NEVER, EDGE),

  ENQUEUE("queue.v1.Queue/Enqueue", Repeat.NEVER, EDGE),
  CONCLUDE("queue.v1.Queue/Conclude", Repeat.NEVER, DELIVERY),
  COMPLETE("queue.v1.Queue/Complete", Repeat.NEVER, DELIVERY),
  CARRY_FORWARD("queue.v1.Queue/CarryForward", Repeat.NEVER, DELIVERY),
  PUT_ASIDE("queue.v1.Queue/PutAside", Repeat.NEVER, EDGE, DELIVERY),
  PUT_CONTENT("queue.v1.Queue/PutContent", Repeat.NEVER, EDGE),
  DELETE_CONTENT("queue.v1.Queue/DeleteContent", Repeat.NEVER, EDGE),
  GET_CONTENT("queue.v1.Queue/GetContent", Repeat.NEVER, DELIVERY, SCANNER),
  GET_RANGE("queue.v1.Queue/GetRange", Repeat.NEVER, DELIVERY, SCANNER),
  QUEUE_STATS("queue.v1.Operator/Stats", Repeat.NEVER, OPERATOR),
  QUEUE_LIST("queue.v1.Operator/List", Repeat.NEVER, OPERATOR),
  QUEUE_SHOW("queue.v1.Operator/Show", Repeat.NEVER, OPERATOR),
  RETRY_NOW("queue.v1.Operator/RetryNow", Repeat.NEVER, OPERATOR),
  CANCEL("queue.v1.Operator/Cancel", Repeat.NEVER, OPERATOR),
  QUARANTINE_STATS("queue.v1.Quarantine/Stats", Repeat.NEVER, OPERATOR),
  QUARANTINE_LIST("queue.v1.Quarantine/List", Repeat.NEVER, OPERATOR),
  QUARANTINE_SHOW("queue.v1.Quarantine/Show", Repeat.NEVER, OPERATOR),
  QUARANTINE_CONTENT("queue.v1.Quarantine/Content", Repeat.NEVER, OPERATOR),
  QUARANTINE_RELEASE("queue.v1.Quarantine/Release", Repeat.NEVER, OPERATOR),
  QUARANTINE_DELETE("queue.v1.Quarantine/Delete", Repeat.NEVER, OPERATOR),
  QUARANTINE_DELETE_MATCHING("queue.v1.Quarantine/DeleteMatching", Repeat.NEVER, OPERATOR),

  DESTINATIONS("delivery.v1.Delivery/Destinations", Repeat.NEVER, OPERATOR),
  PROBE("delivery.v1.Delivery/Probe", Repeat.NEVER, VERIFICATION),
  DELIVER_NOW("delivery.v1.Delivery/DeliverNow", Repeat.NEVER, EDGE),
  WITHDRAW("delivery.v1.Delivery/Withdraw", Repeat.NEVER, EDGE),
  FILTER("delivery.v1.Delivery/Filter", Repeat.NEVER, EDGE),
  LATE_SCANS("delivery.v1.Delivery/LateScans", Repeat.NEVER, EDGE, OPERATOR),

  ORIGIN("edge.v1.Clients/Origin", Repeat.NEVER, OPERATOR),
  POLICY("edge.v1.Clients/Policy", Repeat.NEVER, OPERATOR);

  /// When a call that failed at one instance is made once more, at another.
  enum Repeat {
    /// Where it got no answer, as it changes nothing.
    QUESTION,
    /// Where the instance cannot have got it.
    UNSENT,
    NEVER
  }

  private static final Map<String, Call> BY_PATH =
      Arrays.stream(values()).collect(Collectors.toMap(Call::path, Function.identity()));

  private final String path;
  private final Repeat repeat;
  private final Set<Caller> callers;

  Call(String path, Repeat repeat, Caller... callers) {
    this.path = "/gatepost." + path;
    this.repeat = repeat;
    this.callers = Set.of(callers);
  }

  /// Returns the call of a path as it came; none for another spelling of one.
  static Optional<Call> at(String path) {
    return Optional.ofNullable(BY_PATH.get(path));
  }

  String path() {
    return path;
  }

  Repeat repeat() {
    return repeat;
  }

  boolean isAllowed(Caller caller) {
    return callers.contains(caller);
  }

  /// Whether it reads one content by the parameter `id`: scanner-gateway may do so by a
  /// [ContentPass] only.
  boolean readsContent() {
    return path.equals(Queue.GET_CONTENT) || path.equals(Queue.GET_RANGE);
  }

  /// Whether the address or the user that it is about decides which instance gets it, so that the
  /// caches of an instance are used and equal questions meet.
  boolean goesByAddress() {
    return path.startsWith("/gatepost.verification.v1.Verification/");
  }
}
