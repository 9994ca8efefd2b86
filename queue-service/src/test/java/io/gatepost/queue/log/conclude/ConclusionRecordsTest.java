package io.gatepost.queue.log.conclude;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.envelope.ContentRef;
import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import io.gatepost.queue.Messages;
import io.gatepost.queue.content.FileContentStore;
import io.gatepost.queue.ladder.RetryLadder;
import io.gatepost.queue.log.LogConfiguration.LogSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConclusionRecordsTest {

  private static final RetryLadder LADDER =
      new RetryLadder(List.of(Duration.ofHours(1)), Duration.ofMinutes(20));

  @TempDir Path directory;
  private FileContentStore contents;

  @BeforeEach
  void open() {
    contents = new FileContentStore(directory);
  }

  @AfterEach
  void close() {
    contents.close();
  }

  @Test
  void theContentOfADeferredMessageMovesToTheStoreWhereRecordsHaveOneCopy() {
    EnvelopeRecord replacement = replacement(1, "x".repeat(64 * 1024));

    assertThat(replacement.envelope().content()).isInstanceOf(ContentRef.Stored.class);
    assertThat(replacement.content()).isEmpty();
  }

  @Test
  void theContentOfADeferredMessageStaysInItsRecordWhereThatIsReplicated() {
    String content = "x".repeat(64 * 1024);

    EnvelopeRecord replacement = replacement(3, content);

    assertThat(replacement.envelope().content()).isEqualTo(new ContentRef.Inline(content.length()));
    assertThat(replacement.content()).asString().isEqualTo(content);
  }

  private EnvelopeRecord replacement(int replicas, String content) {
    LogSettings settings =
        new LogSettings(
            LADDER,
            Duration.ofDays(5),
            1,
            (short) replicas,
            Math.max(1, replicas - 1),
            1,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1));
    ConclusionRecords records =
        new ConclusionRecords(LADDER, contents, settings.maxRetryInlineOctets());
    EnvelopeRecord message = Messages.inline(Messages.id(), content, "a@x.test");
    return EnvelopeRecordCodec.decode(records.of(Messages.deferral(message)).getFirst().value());
  }
}
