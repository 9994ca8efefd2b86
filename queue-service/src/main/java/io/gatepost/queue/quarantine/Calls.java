package io.gatepost.queue.quarantine;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.database.DatabaseCalls;
import io.gatepost.gate.GateRefusedException;
import io.gatepost.gate.Waiting;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.transaction.TransactionException;
import reactor.core.publisher.Mono;

/// Blocking calls of one user of the quarantine, with failures as ports tell them.
///
/// @param calls as many at a time as it has connections
/// @param waiting for a connection
record Calls(DatabaseCalls calls, Waiting waiting) {

  <T> Mono<T> call(Callable<T> call) {
    return calls.call(waiting, call).onErrorMap(Calls::failure);
  }

  static Throwable failure(Throwable error) {
    return switch (error) {
      case GateRefusedException e ->
          new RpcException(RpcStatus.UNAVAILABLE, "the quarantine is busy", e);
      case QueryTimeoutException e ->
          new RpcException(
              RpcStatus.DEADLINE_EXCEEDED,
              "the database takes longer than %d s".formatted(QuarantineRows.SECONDS),
              e);
      case DataAccessException e -> databaseAway(e);
      case TransactionException e -> databaseAway(e);
      case UncheckedIOException e ->
          new RpcException(
              RpcStatus.UNAVAILABLE, "content cannot be written: " + e.getMessage(), e);
      default -> error;
    };
  }

  private static RpcException databaseAway(Throwable e) {
    return new RpcException(RpcStatus.UNAVAILABLE, "the database does not answer", e);
  }
}
