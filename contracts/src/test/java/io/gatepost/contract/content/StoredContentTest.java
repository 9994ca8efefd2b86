package io.gatepost.contract.content;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.QueueId;
import io.gatepost.contract.reply.Reason;
import java.io.IOException;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class StoredContentTest {

  private static final QueueId ID = QueueId.of("0123456789abcdefg00");
  private static final String ABC_SHA256 =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void contentThatIsWhatCameInIsReadToItsEnd() {
    assertThat(read(stored(3, ABC_SHA256), Flux.fromStream(Stream.of("a", "", "bc"))))
        .isEqualTo("abc");
  }

  @Test
  void emptyContentIsProvedAsWell() {
    String ofNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    assertThat(read(stored(0, ofNothing), Flux.empty())).isEmpty();
  }

  @Test
  void otherOctetsAreCorruptAtTheEndAndNotBefore() {
    StringBuilder seen = new StringBuilder();

    assertThatThrownBy(() -> read(stored(3, ABC_SHA256), Flux.just("ab", "d"), seen))
        .isInstanceOfSatisfying(
            UnreadableContentException.class,
            error -> assertThat(error.reason()).isEqualTo(Reason.CONTENT_UNAVAILABLE))
        .hasMessageContaining(ID.text());
    assertThat(seen).hasToString("abd");
  }

  @Test
  void contentThatIsCutOffIsCorrupt() {
    assertThatThrownBy(() -> read(stored(3, ABC_SHA256), Flux.just("ab")))
        .isInstanceOf(UnreadableContentException.class)
        .hasMessageContaining("2 octets");
  }

  @Test
  void contentThatIsAllGoneIsCorrupt() {
    assertThatThrownBy(() -> read(stored(3, ABC_SHA256), Flux.empty()))
        .isInstanceOf(UnreadableContentException.class);
  }

  @Test
  void aRightChecksumOverAWrongLengthIsCorrupt() {
    assertThatThrownBy(() -> read(stored(4, ABC_SHA256), Flux.just("abc")))
        .isInstanceOf(UnreadableContentException.class);
  }

  @Test
  void theStoresOwnTroubleIsPassedOn() {
    Flux<String> broken = Flux.just("ab").concatWith(Mono.error(new IOException("disk")));

    assertThatThrownBy(() -> read(stored(3, ABC_SHA256), broken))
        .hasRootCauseMessage("disk")
        .isInstanceOfSatisfying(
            UnreadableContentException.class,
            error -> assertThat(error.reason()).isEqualTo(Reason.SERVICE_UNAVAILABLE));
  }

  @Test
  void eachReaderProvesItForItself() {
    ContentRef.Stored stored = stored(3, ABC_SHA256);
    Flux<DataBuffer> content = StoredContent.read(new OneContent(Flux.just("abc")), stored);

    assertThat(text(content)).isEqualTo("abc");
    assertThat(text(content)).isEqualTo("abc");
  }

  @Test
  void itsBeginningIsAsLongAsThereIsContent() {
    assertThat(beginning(Flux.just("ab", "cde"), 4)).isEqualTo("abcd");
    assertThat(beginning(Flux.just("ab", "cde"), 9)).isEqualTo("abcde");
    assertThat(beginning(Flux.empty(), 4)).isEmpty();
  }

  @Test
  void theChecksumLeavesTheOctetsAsTheyAre() {
    DataBuffer buffer = buffer("abc");
    buffer.readPosition(1);
    StoredContent.Checksum checksum = new StoredContent.Checksum();

    checksum.add(buffer);

    assertThat(checksum.octets()).isEqualTo(2);
    assertThat(buffer.toString(US_ASCII)).isEqualTo("bc");
  }

  private static String beginning(Flux<String> parts, int octets) {
    byte[] beginning =
        StoredContent.beginning(new OneContent(parts), stored(5, ABC_SHA256), octets).block();
    return new String(Objects.requireNonNull(beginning), US_ASCII);
  }

  private static ContentRef.Stored stored(long octets, String sha256) {
    return new ContentRef.Stored(ID, octets, sha256);
  }

  private static String read(ContentRef.Stored stored, Flux<String> parts) {
    return read(stored, parts, new StringBuilder());
  }

  private static String read(ContentRef.Stored stored, Flux<String> parts, StringBuilder seen) {
    StoredContent.read(new OneContent(parts), stored)
        .doOnNext(buffer -> seen.append(buffer.toString(US_ASCII)))
        .blockLast();
    return seen.toString();
  }

  private static String text(Flux<DataBuffer> content) {
    StringBuilder seen = new StringBuilder();
    content.doOnNext(buffer -> seen.append(buffer.toString(US_ASCII))).blockLast();
    return seen.toString();
  }

  private static DataBuffer buffer(String text) {
    return DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(US_ASCII));
  }

  /// A queue that has one content and nothing else.
  private record OneContent(Flux<String> parts) implements ContentSource {
    @Override
    public Flux<DataBuffer> getContent(QueueId id) {
      assertThat(id).isEqualTo(ID);
      return parts.map(StoredContentTest::buffer);
    }
  }
}
