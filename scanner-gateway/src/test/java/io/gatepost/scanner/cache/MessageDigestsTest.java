package io.gatepost.scanner.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.content.UnreadableContentException;
import io.gatepost.contract.digest.Sha256;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.gate.Gate;
import io.gatepost.gate.GateLimits;
import io.gatepost.gate.Waiting;
import io.gatepost.scanner.Messages;
import io.gatepost.scanner.scan.ScanJob;
import io.gatepost.scanner.view.PlainView;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.Fuseable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class MessageDigestsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final MessageDigests digests = new MessageDigests(100, MessageDigests.passes());

  private static ContentDigest digest(String text) {
    return ContentDigest.of(Sha256.of(octets(text)));
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Supplier<Flux<DataBuffer>> pieces(String text, int size) {
    return () ->
        Flux.range(0, (text.length() + size - 1) / size)
            .map(i ->
                DefaultDataBufferFactory.sharedInstance.wrap(
                    octets(text.substring(i * size, Math.min(text.length(), (i + 1) * size)))));
  }

  private static Mono<Optional<ContentDigest>> of(
      MessageDigests digests, EnvelopeRecord message, Supplier<Flux<DataBuffer>> stored, int own) {
    return digests.of(
        new ScanJob(message.envelope(), new PlainView(message, Messages.holding(stored))),
        ScanTerms.online(own));
  }

  @Test
  void contentInMemoryIsDigestedOnTheSpot() {
    Mono<Optional<ContentDigest>> digest =
        of(digests, Messages.inMemory("own: 1\r\nx\r\n..y\r\n"), Flux::never, 8);

    assertThat(digest).isInstanceOf(Fuseable.ScalarCallable.class);
    assertThat(digest.block()).contains(digest("x\r\n.y\r\n"));
  }

  @Test
  void storedContentIsDigestedAsWellWhateverItsPieces() {
    String text = "own: 1\r\nx\r\n..y\r\n";
    for (int size = 1; size <= text.length(); size++) {
      assertThat(of(digests, Messages.stored(text), pieces(text, size), 8).block(PATIENCE))
          .contains(digest("x\r\n.y\r\n"));
    }
  }

  @Test
  void contentBeyondTheBoundHasNoneAndIsNotRead() {
    assertThat(of(digests, Messages.stored("x".repeat(101)), Flux::never, 0).block(PATIENCE))
        .isEmpty();
  }

  @Test
  void contentThatHasGoneHasNone() {
    assertThatThrownBy(
            () -> of(digests, Messages.stored("x"), () -> pieces("y", 1).get(), 0).block(PATIENCE))
        .isInstanceOf(UnreadableContentException.class);
  }

  @Test
  void whoFindsNoTimeForAPassGoesOnWithoutOne() {
    Gate busy = new Gate("scanner-digests", GateLimits.slots(1));
    busy.call(Waiting.PLAIN, Mono::never).subscribe();

    assertThat(
            of(new MessageDigests(100, busy), Messages.stored("x"), pieces("x", 1), 0)
                .block(PATIENCE))
        .isEmpty();
  }
}
