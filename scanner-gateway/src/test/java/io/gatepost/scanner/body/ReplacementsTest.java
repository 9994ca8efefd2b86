package io.gatepost.scanner.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.content.StoredContent;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.Replacement;
import io.gatepost.contract.setting.SettingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplacementsTest {

  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final long MOST_OCTETS = 1_000_000;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, BodySpool.IN_MEMORY, BodySpool.IN_MEMORY + 1, 700_001})
  void aBodyComesBackOctetForOctetAndOnce(int length) throws IOException {
    Replacements kept = kept(2, ENOUGH);
    byte[] octets = new byte[length];
    new Random(length).nextBytes(octets);

    Replacement replacement = kept.keep(spooled(kept, octets));

    assertThat(replacement.octets()).isEqualTo(length);
    assertThat(read(kept, replacement)).isEqualTo(octets);
    await().atMost(ENOUGH).until(() -> kept.open() == 0);
    assertGone(kept, replacement);
  }

  @Test
  void noFileHasAName() throws IOException {
    Replacements kept = kept(1, ENOUGH);
    BodySpool spool = spooled(kept, new byte[BodySpool.IN_MEMORY + 1]);

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
    spool.discard();
  }

  @Test
  void aBodyBeyondTheBoundIsNotKept() throws IOException {
    BodySpool spool = kept(1, ENOUGH).begin();
    spool.add(new byte[(int) MOST_OCTETS]).block(ENOUGH);

    assertThatThrownBy(() -> spool.add(new byte[1]).block(ENOUGH))
        .hasRootCauseMessage("more than 1000000 octets");
  }

  @Test
  void noMoreThanSoManyAreKeptAtATime() throws IOException {
    Replacements kept = kept(2, ENOUGH);
    BodySpool first = kept.begin();
    Replacement second = kept.keep(spooled(kept, new byte[1]));

    assertThatThrownBy(kept::begin).isInstanceOf(IOException.class);

    first.discard();
    first.discard();
    assertThat(kept.open()).isEqualTo(1);
    kept.discard(second.token());
    assertThat(kept.open()).isZero();
    assertGone(kept, second);
  }

  @Test
  void aBodyThatNobodyAsksForGoes() throws IOException {
    Replacements kept = kept(1, Duration.ofMillis(1));
    Replacement replacement = kept.keep(spooled(kept, new byte[BodySpool.IN_MEMORY + 1]));

    await().atMost(ENOUGH).until(() -> kept.open() == 0);
    assertGone(kept, replacement);
  }

  @Test
  void aReaderThatLeavesEndsIt() throws IOException {
    Replacements kept = kept(1, ENOUGH);
    Replacement replacement = kept.keep(spooled(kept, new byte[BodySpool.IN_MEMORY * 3]));

    kept.take(replacement.token()).take(1).doOnNext(StoredContent::octets).blockLast(ENOUGH);

    await().atMost(ENOUGH).until(() -> kept.open() == 0);
  }

  @Test
  void aDirectoryThatIsNoneIsRefused() {
    String missing = directory.resolve("missing").toString();

    assertThatThrownBy(() -> Replacements.in("the.key", missing, 1, 1))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("the.key")
        .hasMessageContaining(missing);
  }

  private Replacements kept(int most, Duration lifetime) {
    return new Replacements(directory, MOST_OCTETS, most, lifetime);
  }

  private static BodySpool spooled(Replacements kept, byte[] octets) throws IOException {
    BodySpool spool = kept.begin();
    int piece = 65_535;
    for (int at = 0; at < octets.length; at += piece) {
      spool.add(Arrays.copyOfRange(octets, at, Math.min(octets.length, at + piece))).block(ENOUGH);
    }
    return spool;
  }

  private static byte[] read(Replacements kept, Replacement replacement) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    kept.take(replacement.token())
        .doOnNext(piece -> all.writeBytes(StoredContent.octets(piece)))
        .blockLast(ENOUGH);
    return all.toByteArray();
  }

  private static void assertGone(Replacements kept, Replacement replacement) {
    assertThatThrownBy(() -> kept.take(replacement.token()).blockLast(ENOUGH))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.status()).isEqualTo(RpcStatus.NOT_FOUND));
  }
}
