package io.gatepost.queue.quarantine;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.content.TransformedContent;
import io.gatepost.contract.envelope.Envelope;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.QuarantineDeleted;
import io.gatepost.contract.queue.QuarantineDetail;
import io.gatepost.contract.queue.QuarantineOperator;
import io.gatepost.contract.queue.QuarantinePage;
import io.gatepost.contract.queue.QuarantineSearch;
import io.gatepost.contract.queue.QuarantineStats;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.smtp.wire.Dots;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// The operator's port of the quarantine.
final class OperatedQuarantine implements QuarantineOperator {

  private static final byte[] NOTHING = new byte[0];

  private final HeldMessages messages;
  private final QuarantineIndex index;
  private final FileContentStore held;
  private final QuarantineLimits limits;
  private final Calls calls;

  OperatedQuarantine(
      HeldMessages messages,
      QuarantineIndex index,
      FileContentStore held,
      QuarantineLimits limits,
      Calls calls) {
    this.messages = messages;
    this.index = index;
    this.held = held;
    this.limits = limits;
    this.calls = calls;
  }

  @Override
  public Mono<QuarantineStats> stats() {
    return calls
        .call(messages::look)
        .map(total ->
            new QuarantineStats(
                total.messages(),
                total.octets(),
                limits.mostMessages(),
                limits.mostOctets(),
                total.oldest()));
  }

  @Override
  public Mono<QuarantinePage> list(QuarantineSearch search) {
    return calls.call(() -> index.search(search, limits.keep()));
  }

  @Override
  public Mono<QuarantineDetail> show(QueueId id) {
    return find(id).flatMap(row -> beginning(id).map(octets -> detail(row, octets)));
  }

  @Override
  public Flux<DataBuffer> content(QueueId id) {
    return find(id).flatMapMany(_ -> TransformedContent.of(held.get(id), Dots::removed));
  }

  @Override
  public Mono<Void> release(QueueId id) {
    return done(() -> messages.release(id));
  }

  @Override
  public Mono<Void> delete(QueueId id) {
    return done(() -> messages.delete(id));
  }

  @Override
  public Mono<QuarantineDeleted> deleteMatching(QuarantineSearch search) {
    return calls.call(() -> messages.deleteMatching(search));
  }

  private Mono<Void> done(Runnable call) {
    return calls
        .call(() -> {
          call.run();
          return true;
        })
        .then();
  }

  private Mono<QuarantineRow> find(QueueId id) {
    return calls
        .call(() -> index.find(id))
        .flatMap(Mono::justOrEmpty)
        .switchIfEmpty(
            Mono.error(() ->
                new RpcException(
                    RpcStatus.NOT_FOUND,
                    "queue id: " + id + " (expected: one in the quarantine)")));
  }

  /// Content that cannot be read is none: the rest is shown all the same.
  private Mono<byte[]> beginning(QueueId id) {
    return DataBufferUtils.join(
            DataBufferUtils.takeUntilByteCount(
                TransformedContent.of(held.get(id), Dots::removed),
                QuarantineDetail.MAX_HEADER_OCTETS))
        .map(StoredContent::octets)
        .defaultIfEmpty(NOTHING)
        .onErrorReturn(NOTHING);
  }

  private QuarantineDetail detail(QuarantineRow row, byte[] beginning) {
    Envelope envelope = row.storedEnvelope();
    return new QuarantineDetail(
        row.message(limits.keep()),
        envelope.provenance().peer(),
        envelope.provenance().helo(),
        envelope.provenance().user(),
        row.scannerResults(),
        envelope.edits().list(),
        header(beginning));
  }

  private static List<String> header(byte[] beginning) {
    return new String(beginning, StandardCharsets.US_ASCII)
        .replace('\ufffd', '?')
        .lines()
        .takeWhile(line -> !line.isEmpty())
        .map(line -> line.replaceAll("[\\p{Cntrl}&&[^\t]]", "?"))
        .toList();
  }
}
