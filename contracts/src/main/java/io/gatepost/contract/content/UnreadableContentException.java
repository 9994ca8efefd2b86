package io.gatepost.contract.content;

import io.gatepost.contract.reply.Reason;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import org.jspecify.annotations.Nullable;

/// Stored content was not read to its end. The message is held: where the content is missing or not
/// what came in, the operator has to look at the disk; where the queue did not answer, it passes.
public final class UnreadableContentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Reason reason;

  private UnreadableContentException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /// The content that was read is not the one that came in.
  static UnreadableContentException damaged(String message) {
    return new UnreadableContentException(Reason.CONTENT_UNAVAILABLE, message, null);
  }

  /// Reading has failed.
  public static UnreadableContentException of(Throwable error) {
    return switch (error) {
      case UnreadableContentException known -> known;
      case RpcException rpc when rpc.status() == RpcStatus.NOT_FOUND ->
          new UnreadableContentException(Reason.CONTENT_UNAVAILABLE, rpc.toString(), rpc);
      default ->
          new UnreadableContentException(Reason.SERVICE_UNAVAILABLE, error.toString(), error);
    };
  }

  /// [Reason#CONTENT_UNAVAILABLE] or [Reason#SERVICE_UNAVAILABLE].
  public Reason reason() {
    return reason;
  }
}
