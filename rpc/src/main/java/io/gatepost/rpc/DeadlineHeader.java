package io.gatepost.rpc;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.time.Duration;

/// A deadline on its way to another process: a number and its unit (gRPC over HTTP2, "Timeout").
final class DeadlineHeader {

  static final String NAME = "grpc-timeout";

  /// A header may say up to 11,000 years, which no timer can count.
  private static final Duration LONGEST = Duration.ofDays(1);

  private static final long MOST_DIGITS = 99_999_999;

  private DeadlineHeader() {}

  static String write(Duration left) {
    return Math.clamp(left.toMillis(), 1, MOST_DIGITS) + "m";
  }

  /// Reads the header's form; throws [RpcException] where it is none.
  static Duration read(String header) {
    if (!header.matches("\\d{1,8}[HMSmun]")) {
      throw new RpcException(
          RpcStatus.INVALID_ARGUMENT, NAME + ": \"" + header + "\" (expected: such as 1500m)");
    }
    long amount = Long.parseLong(header.substring(0, header.length() - 1));
    Duration time =
        switch (header.charAt(header.length() - 1)) {
          case 'H' -> Duration.ofHours(amount);
          case 'M' -> Duration.ofMinutes(amount);
          case 'S' -> Duration.ofSeconds(amount);
          case 'm' -> Duration.ofMillis(amount);
          case 'u' -> Duration.ofNanos(amount * 1000);
          default -> Duration.ofNanos(amount);
        };
    return time.compareTo(LONGEST) > 0 ? LONGEST : time;
  }
}
