package io.gatepost.allinone.log;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;

/// Errors of a reactive chain that come when its caller has his answer already. Reactor logs each
/// with its stack. A deadline that is set at several places passes at all of them, so the second of
/// these is no news; others may be, and are logged as ever.
public final class UnheardErrors {

  private static final Logger log = LoggerFactory.getLogger(UnheardErrors.class);

  private UnheardErrors() {}

  /// Takes Reactor's place in this process.
  public static void listen() {
    Hooks.onErrorDropped(UnheardErrors::unheard);
  }

  private static void unheard(Throwable error) {
    if (isDeadline(error)) {
      log.debug("a deadline that had passed before: {}", error.getMessage());
    } else {
      log.error("an error for which nobody waited", error);
    }
  }

  private static boolean isDeadline(Throwable error) {
    return switch (error) {
      case RpcException failure -> failure.status() == RpcStatus.DEADLINE_EXCEEDED;
      default -> error instanceof TimeoutException;
    };
  }
}
