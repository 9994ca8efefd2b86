package io.gatepost.queue.log.append;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.event.Topics;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/// Appends envelopes outside of transactions: new messages to `ready`, carried ones to `due`. What
/// comes while a sync is running shares the next one (group commit, requirement G15). Never blocks
/// its caller, who is an event loop.
public final class LogAppender implements AutoCloseable {

  /// How long a new message is tried to get an answer for: longer than any client waits, as only
  /// the answer tells what the client may be told.
  private static final Duration LONGEST_DOUBT = Duration.ofMinutes(10);

  private final LogClients clients;
  private volatile Optional<Lanes> lanes = Optional.empty();

  /// Why nothing can be appended; empty where it can.
  private volatile String trouble = "";

  private record Lanes(AppendLane ready, AppendLane due) {
    boolean isReady() {
      return ready.isReady() && due.isReady();
    }
  }

  /// A record on the log.
  ///
  /// @param at when it was appended, by the broker's clock
  public record Appended(long offset, Instant at) {}

  public LogAppender(LogClients clients) {
    this.clients = clients;
  }

  /// Makes the producers where there are none, and fetches what they must know of the topics; until
  /// this has succeeded nothing is appended. There has to be a broker. May block.
  public synchronized void learnTopics() {
    Lanes present =
        lanes.orElseGet(() ->
            new Lanes(
                new AppendLane(Topics.READY, clients.producer(LONGEST_DOUBT)),
                new AppendLane(Topics.DUE, clients.producer(LogClients.DELIVERY_TIMEOUT))));
    lanes = Optional.of(present);
    present.ready().learnPartitions();
    present.due().learnPartitions();
  }

  /// Whether it can append.
  public boolean isReady() {
    return lanes.filter(Lanes::isReady).isPresent();
  }

  /// While the broker cannot take records none is given to the producers: nobody could tell when
  /// they get there.
  ///
  /// @param why empty where it can
  public void brokerIs(String why) {
    trouble = why;
  }

  /// Goes on with new producers, once [#learnTopics] has made them: the clock was set back, and the
  /// present ones may wait until it has caught up. They get some seconds for what they have sent.
  public void beginAnew() {
    close();
  }

  /// Appends a new message. Completes when it is durable; fails with [RpcException], with `UNKNOWN`
  /// where it may be on the log all the same, or get there.
  ///
  /// @param limit until when that counts
  public CompletableFuture<Appended> append(EnvelopeRecord message, AppendLimit limit) {
    return append(message, limit, Map.of());
  }

  /// The same for a message whose way is traced.
  ///
  /// @param trace its place in the trace, to stand beside the envelope
  public CompletableFuture<Appended> append(
      EnvelopeRecord message, AppendLimit limit, Map<String, String> trace) {
    Header until = new RecordHeader(AppendLimit.HEADER, limit.octets());
    if (trace.isEmpty()) {
      return append(Lanes::ready, message, List.of(until));
    }
    List<Header> headers = new ArrayList<>(List.of(until));
    TraceHeaders.add(trace, headers::add);
    return append(Lanes::ready, message, headers);
  }

  /// Appends a carried message to `due`. Where it fails, the copy may be there all the same, or get
  /// there within seconds.
  public CompletableFuture<Appended> appendCopy(EnvelopeRecord message) {
    return append(Lanes::due, message, List.of());
  }

  /// For how long the broker has answered none of the new messages that are on their way; zero
  /// where there are none.
  public Duration silence() {
    return lanes.map(each -> each.ready().silence()).orElse(Duration.ZERO);
  }

  /// How many envelopes shared one sync lately; 0 while none has been sent.
  public double recordsPerSync() {
    double records = lanes.map(each -> each.ready().recordsPerRequest()).orElse(0.0);
    return Double.isNaN(records) ? 0 : records; // Kafka's own word for none so far
  }

  /// Waits some seconds for what has been sent.
  @Override
  public void close() {
    Optional<Lanes> old = lanes;
    lanes = Optional.empty();
    old.ifPresent(each -> {
      each.ready().close();
      each.due().close();
    });
  }

  private CompletableFuture<Appended> append(
      Function<Lanes, AppendLane> which, EnvelopeRecord message, List<Header> headers) {
    String why = trouble;
    if (!why.isEmpty()) {
      return CompletableFuture.failedFuture(new RpcException(RpcStatus.UNAVAILABLE, why));
    }
    Optional<Lanes> there = lanes;
    if (there.isEmpty()) {
      return CompletableFuture.failedFuture(
          new RpcException(RpcStatus.UNAVAILABLE, "the log is not there yet"));
    }
    byte[] octets = EnvelopeRecordCodec.encode(message);
    return octets.length > LogClients.MAX_RECORD_OCTETS
        ? CompletableFuture.failedFuture(
            new RpcException(RpcStatus.INVALID_ARGUMENT, "record of " + octets.length + " octets"))
        : which.apply(there.get()).append(message.envelope().id(), octets, headers);
  }
}
