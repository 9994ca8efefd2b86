package io.gatepost.contract.rpc;

import org.jspecify.annotations.Nullable;

/// A call to a port that failed; the same type whether the port is in this process or another.
public final class RpcException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final RpcStatus status;

  public RpcException(RpcStatus status, String detail) {
    this(status, detail, null);
  }

  public RpcException(RpcStatus status, String detail, @Nullable Throwable cause) {
    super(status + ": " + detail, cause);
    this.status = status;
  }

  /// What kind of failure.
  public RpcStatus status() {
    return status;
  }
}
