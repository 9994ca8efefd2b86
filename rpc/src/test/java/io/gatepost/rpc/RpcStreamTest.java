package io.gatepost.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.rpc.RpcStatus;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Content crosses as a stream, no faster than it is taken.
class RpcStreamTest extends RpcFixture {

  @Test
  void anUploadMayTakeLongerThanACall() {
    server.queue.mayRead.get().tryEmitEmpty();
    Flux<DataBuffer> slow =
        Flux.range(0, 6).delayElements(SHORT.dividedBy(3)).map(i -> chunk(1_000));

    ContentRef.Stored stored = queue(SHORT).putContent(ID, slow).block(LONG);

    assertThat(stored).isEqualTo(new ContentRef.Stored(ID, 6_000, ""));
  }

  @Test
  void anUploadGoesNoFasterThanItIsTaken() {
    AtomicLong given = new AtomicLong();
    Flux<DataBuffer> content =
        Flux.range(0, RpcServer.CHUNKS)
            .map(i -> {
              given.incrementAndGet();
              return chunk(RpcServer.CHUNK);
            });

    Mono<ContentRef.Stored> upload = queue(LONG).putContent(ID, content).cache();
    upload.subscribe();
    await().until(() -> server.queue.taken.get() > 0);
    await()
        .during(Duration.ofMillis(300))
        .atMost(LONG)
        .until(given::get, count -> count < RpcServer.CHUNKS / 2);
    server.queue.mayRead.get().tryEmitEmpty();

    assertThat(upload.block(LONG).octets()).isEqualTo((long) RpcServer.CHUNKS * RpcServer.CHUNK);
  }

  @Test
  void anUploadThatIsGivenUpStopsAtTheOtherEnd() {
    Disposable upload =
        queue(LONG)
            .putContent(
                ID, Flux.range(0, 100).map(i -> chunk(RpcServer.CHUNK)).concatWith(Flux.never()))
            .subscribe();
    server.queue.mayRead.get().tryEmitEmpty();
    await().until(() -> server.queue.taken.get() > 0);

    upload.dispose();

    await().untilTrue(server.queue.uploadStopped);
  }

  @Test
  void aDownloadGoesNoFasterThanItIsTakenAndStopsWhenItIsGivenUp() {
    AtomicLong octets = new AtomicLong();
    BaseSubscriber<DataBuffer> reader =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            request(1);
          }

          @Override
          protected void hookOnNext(DataBuffer buffer) {
            octets.addAndGet(buffer.readableByteCount());
            DataBufferUtils.release(buffer);
          }
        };

    queue(SHORT).getContent(ID).subscribe(reader);
    await().until(() -> octets.get() > 0);
    await()
        .during(SHORT.plusMillis(200)) // longer than a call may take, too
        .atMost(LONG)
        .until(server.queue.produced::get, count -> count < RpcServer.CHUNKS / 2);
    reader.cancel();

    await().untilTrue(server.queue.cancelled);
  }

  @Test
  void aWholeDownloadArrives() {
    Long octets =
        queue(LONG)
            .getContent(ID)
            .map(buffer -> {
              long count = buffer.readableByteCount();
              DataBufferUtils.release(buffer);
              return count;
            })
            .reduce(0L, Long::sum)
            .block(LONG);

    assertThat(octets).isEqualTo((long) RpcServer.CHUNKS * RpcServer.CHUNK);
  }

  @Test
  void aDownloadThatBreaksOffIsUnavailable() {
    server.queue.breaksOff.set(true);

    Flux<DataBuffer> download = queue(LONG).getContent(ID).doOnNext(DataBufferUtils::release);

    assertFails(RpcStatus.UNAVAILABLE, download.then());
  }

  private static DataBuffer chunk(int octets) {
    return DefaultDataBufferFactory.sharedInstance.wrap(new byte[octets]);
  }
}
