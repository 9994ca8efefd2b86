package io.gatepost.scanner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

class PulledContentTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final QueueId ID = QueueId.of("0123456789abcdefg00");
  private static final int RANGE = 200_000;

  private final List<Long> asked = new CopyOnWriteArrayList<>();

  private PulledContent content(byte[] content, UnaryOperator<Mono<byte[]>> way) {
    Queue queue =
        (Queue)
            Proxy.newProxyInstance(
                Queue.class.getClassLoader(),
                new Class<?>[] {Queue.class},
                (_, _, arguments) -> {
                  long from = (long) arguments[1];
                  asked.add(from);
                  int start = (int) Math.min(content.length, from);
                  int end = Math.min(content.length, start + (int) arguments[2]);
                  byte[] range = Arrays.copyOfRange(content, start, end);
                  return way.apply(range.length == 0 ? Mono.empty() : Mono.just(range));
                });
    return new PulledContent(queue, RANGE);
  }

  private static byte[] octets(int length) {
    byte[] octets = new byte[length];
    for (int i = 0; i < length; i++) {
      octets[i] = (byte) (i * 31 + i / 251);
    }
    return octets;
  }

  private static byte[] read(PulledContent content) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    content
        .getContent(ID)
        .toIterable(1)
        .forEach(piece -> {
          assertThat(piece.readableByteCount()).isLessThanOrEqualTo(64 * 1024);
          all.writeBytes(StoredContent.octets(piece));
        });
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536, RANGE - 1, RANGE, RANGE + 1, 3 * RANGE, 3 * RANGE + 7})
  void contentComesWholeInItsRanges(int length) {
    byte[] octets = octets(length);

    assertThat(read(content(octets, UnaryOperator.identity()))).isEqualTo(octets);
    assertThat(asked).hasSize(length / RANGE + 1);
  }

  @Test
  void noRangeIsAskedForBeforeTheOneBeforeItIsTaken() {
    List<DataBuffer> taken = new ArrayList<>();
    BaseSubscriber<DataBuffer> slow =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
            subscription.request(1);
          }

          @Override
          protected void hookOnNext(DataBuffer piece) {
            taken.add(piece);
          }
        };
    content(octets(10 * RANGE), UnaryOperator.identity()).getContent(ID).subscribe(slow);

    assertThat(taken).hasSize(1);
    assertThat(asked).hasSizeLessThanOrEqualTo(2);
    slow.request(4);
    assertThat(taken).hasSize(5);
    assertThat(asked).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void aRangeThatGotLostIsAskedForAgain() {
    byte[] octets = octets(2 * RANGE);
    int[] calls = {0};
    PulledContent content =
        content(
            octets,
            range ->
                ++calls[0] == 2
                    ? Mono.error(new RpcException(RpcStatus.UNAVAILABLE, "restarted"))
                    : range);

    assertThat(read(content)).isEqualTo(octets);
    assertThat(asked).containsExactly(0L, (long) RANGE, (long) RANGE, 2L * RANGE);
  }

  @Test
  void contentThatHasGoneInBetweenIsAnError() {
    int[] calls = {0};
    PulledContent content =
        content(
            octets(2 * RANGE),
            range ->
                ++calls[0] == 2
                    ? Mono.error(new RpcException(RpcStatus.NOT_FOUND, "no content"))
                    : range);

    assertThatThrownBy(() -> content.getContent(ID).blockLast(PATIENCE))
        .isInstanceOfSatisfying(
            RpcException.class, error -> assertThat(error.status()).isEqualTo(RpcStatus.NOT_FOUND));
    assertThat(asked).hasSize(2);
  }
}
