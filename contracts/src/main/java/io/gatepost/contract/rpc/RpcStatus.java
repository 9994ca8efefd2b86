package io.gatepost.contract.rpc;

/// How a call between services can fail; a fixed set, and its HTTP statuses.
public enum RpcStatus {
  INVALID_ARGUMENT(400),
  UNAUTHENTICATED(401),
  /// The caller is known, and this call is none of those that it may make.
  PERMISSION_DENIED(403),
  NOT_FOUND(404),
  /// Someone else's turn has come since; who still has a right to it asks again with fresh data.
  ABORTED(409),
  RESOURCE_EXHAUSTED(429),
  INTERNAL(500),
  /// It may have been done or not: the callee, or the way to it, broke off in between.
  UNKNOWN(502),
  UNAVAILABLE(503),
  DEADLINE_EXCEEDED(504);

  private final int http;

  RpcStatus(int http) {
    this.http = http;
  }

  /// The HTTP status that stands for it.
  public int http() {
    return http;
  }

  /// The status that an HTTP status stands for; a status that is none of ours is our trouble:
  /// `INTERNAL`, or `INVALID_ARGUMENT` for any other 4xx.
  public static RpcStatus ofHttp(int http) {
    for (RpcStatus status : values()) {
      if (status.http == http) {
        return status;
      }
    }
    return http >= 400 && http < 500 ? INVALID_ARGUMENT : INTERNAL;
  }
}
