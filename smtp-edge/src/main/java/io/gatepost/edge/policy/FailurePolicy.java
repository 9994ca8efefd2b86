package io.gatepost.edge.policy;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.reply.Replies;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The replies to the client when a service of ours fails: the whole policy in one file. Never an
/// accept, never a 5xx for our own trouble. A service that is left alone, as its breaker is open,
/// is `UNAVAILABLE` like one that has refused the call.
public final class FailurePolicy {

  private static final Logger log = LoggerFactory.getLogger(FailurePolicy.class);

  private static final long PAUSE_NANOS = 1_000_000_000;

  /// When each service's failure was told last, by [System#nanoTime].
  private static final Map<String, AtomicLong> TOLD = new ConcurrentHashMap<>();

  private FailurePolicy() {}

  /// Routing or verification failed.
  public static Verdict.Refuse verificationFailed(Throwable error) {
    return new Verdict.Refuse(reason("verification", error), Replies.ROUTING_UNAVAILABLE);
  }

  /// Verification did not answer AUTH: that says nothing of the password.
  public static Verdict.Refuse credentialsFailed(Throwable error) {
    return new Verdict.Refuse(reason("verification", error), Replies.AUTH_UNAVAILABLE);
  }

  /// The scanner failed.
  public static Verdict.Refuse scannerFailed(Throwable error) {
    return new Verdict.Refuse(reason("scanner", error), Replies.SCANNER_UNAVAILABLE);
  }

  /// The content store failed. One without room may yet have some for a message that needs none of
  /// it, as a small one goes on the log as a whole.
  public static Verdict.Refuse contentStoreFailed(Throwable error) {
    Reason reason = reason("queue", error);
    return new Verdict.Refuse(
        reason, reason == Reason.NO_SPACE ? Replies.NO_CONTENT_STORAGE : Replies.QUEUE_UNAVAILABLE);
  }

  /// The queue failed.
  public static Verdict.Refuse queueFailed(Throwable error) {
    Reason reason = reason("queue", error);
    return new Verdict.Refuse(
        reason, reason == Reason.NO_SPACE ? Replies.NO_SPACE : Replies.QUEUE_UNAVAILABLE);
  }

  /// A message was not attempted before its reply: it is queued, and its client hears nothing of
  /// that.
  public static void deliveryFailed(Throwable error) {
    reason("delivery", error);
  }

  /// The message could not be put aside. Where the quarantine is switched off, a scanner asks for
  /// what the settings do not provide for: the message waits until somebody has looked at that.
  public static Verdict.Refuse quarantineFailed(Throwable error) {
    return error instanceof RpcException rpc && rpc.status() == RpcStatus.INVALID_ARGUMENT
        ? new Verdict.Refuse(Reason.CONTENT_DEFERRED, Replies.SCANNER_UNAVAILABLE)
        : queueFailed(error);
  }

  /// The message came to the log too late to count, and is not delivered.
  public static Verdict.Refuse appendedTooLate() {
    return new Verdict.Refuse(Reason.DEADLINE_EXCEEDED, Replies.QUEUE_UNAVAILABLE);
  }

  /// Whether what was asked for may have been done all the same. A client must not be refused while
  /// it can still be found out.
  public static boolean leavesDoubt(Throwable error) {
    return error instanceof RpcException rpc
        && switch (rpc.status()) {
          case UNKNOWN, DEADLINE_EXCEEDED, INTERNAL -> true;
          case INVALID_ARGUMENT,
              UNAUTHENTICATED,
              PERMISSION_DENIED,
              NOT_FOUND,
              ABORTED,
              RESOURCE_EXHAUSTED,
              UNAVAILABLE ->
              false;
        };
  }

  /// Whether asking again may still tell what became of a message. Where its content is gone, no
  /// call can put it on the log, and nobody remembers that one has.
  public static boolean mayBeFoundOut(Throwable error) {
    return !(error instanceof RpcException rpc && rpc.status() == RpcStatus.NOT_FOUND);
  }

  private static Reason reason(String service, Throwable error) {
    if (error instanceof RpcException rpc) {
      if (isTimeToTell(service)) {
        log.warn("service={} failed: {}", service, rpc.getMessage());
      }
      return reason(rpc.status());
    }
    if (isTimeToTell(service)) {
      log.error("service={} failed", service, error);
    }
    return Reason.SERVICE_UNAVAILABLE;
  }

  /// Each refusal has its own line; why the service fails is said once a second at most.
  private static boolean isTimeToTell(String service) {
    long now = System.nanoTime();
    AtomicLong told = TOLD.computeIfAbsent(service, any -> new AtomicLong(now - PAUSE_NANOS));
    long last = told.get();
    return now - last >= PAUSE_NANOS && told.compareAndSet(last, now);
  }

  private static Reason reason(RpcStatus status) {
    return switch (status) {
      case RESOURCE_EXHAUSTED -> Reason.NO_SPACE;
      case DEADLINE_EXCEEDED -> Reason.DEADLINE_EXCEEDED;
      case INVALID_ARGUMENT,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          NOT_FOUND,
          ABORTED,
          INTERNAL,
          UNKNOWN,
          UNAVAILABLE ->
          Reason.SERVICE_UNAVAILABLE;
    };
  }
}
