package io.gatepost.contract.rpc;

import org.jspecify.annotations.Nullable;

/// A call to a port that failed; the same type whether the port is in this process or another.
public final class RpcException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final RpcStatus status;
  private final String detail;

  public RpcException(RpcStatus status, String detail) {
    this(status, detail, null);
  }

  public RpcException(RpcStatus status, String detail, @Nullable Throwable cause) {
    super(status + ": " + detail, cause);
    this.status = status;
    this.detail = detail;
  }

  /// The kind of failure.
  public RpcStatus status() {
    return status;
  }

  /// The failure in words.
  public String detail() {
    return detail;
  }
}
