package io.gatepost.queue.log.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.Generation;
import io.gatepost.contract.event.CommitNote;
import io.gatepost.contract.event.Topics;
import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.queue.Messages;
import io.gatepost.queue.log.append.TestLog;
import io.gatepost.queue.log.conclude.ConcludedGenerations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTruncationIT {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final String RETRY = Topics.retry(HOUR);
  private static final long MIB = 1024 * 1024;

  private final ConcludedGenerations concluded = new ConcludedGenerations();
  private final LogTruncation truncation = new LogTruncation(concluded);
  private TestLog log;

  @BeforeEach
  void open() {
    log = TestLog.empty(HOUR);
  }

  @AfterEach
  void close() {
    log.close();
  }

  @Test
  void eachTopicIsCutBehindItsCommitAndNoFurther() throws Exception {
    for (String topic : new String[] {Topics.READY, Topics.DUE, RETRY}) {
      fill(topic, 10);
    }
    commit(Topics.DELIVERY_GROUP, Topics.READY, 4, 0);
    log.commit(Topics.READERS_GROUP, RETRY, 7, "");

    truncation.run(log.admin());

    assertThat(log.start(Topics.READY)).isEqualTo(4);
    assertThat(log.start(RETRY)).isEqualTo(7);
    assertThat(log.start(Topics.DUE)).as("nothing is committed there").isZero();
  }

  @Test
  void itGoesOnWithTheCommits() throws Exception {
    fill(Topics.READY, 10);
    commit(Topics.DELIVERY_GROUP, Topics.READY, 4, 0);
    truncation.run(log.admin());
    commit(Topics.DELIVERY_GROUP, Topics.READY, 10, 0);

    truncation.run(log.admin());
    truncation.run(log.admin());

    assertThat(log.start(Topics.READY)).isEqualTo(10);
  }

  @Test
  void outcomesAreCutUpToTheSmallerOfBothNotes() throws Exception {
    fill(Topics.OUTCOMES, 10);
    commit(Topics.DELIVERY_GROUP, Topics.READY, 0, 8);
    truncation.run(log.admin());
    assertThat(log.start(Topics.OUTCOMES)).as("due has no note yet").isZero();

    commit(Topics.DELIVERY_GROUP, Topics.DUE, 0, 3);
    truncation.run(log.admin());
    assertThat(log.start(Topics.OUTCOMES)).isEqualTo(3);

    commit(Topics.DELIVERY_GROUP, Topics.DUE, 0, 10);
    truncation.run(log.admin());
    assertThat(log.start(Topics.OUTCOMES)).isEqualTo(8);
  }

  @Test
  void whatTheFenceHasCommittedCutsNoOutcomes() throws Exception {
    fill(Topics.OUTCOMES, 10);
    log.commit(Topics.DELIVERY_GROUP, Topics.OUTCOMES, 9, "");

    truncation.run(log.admin());

    assertThat(log.start(Topics.OUTCOMES)).isZero();
  }

  @Test
  void whoseOutcomeIsCutIsForgotten() throws Exception {
    fill(Topics.OUTCOMES, 10);
    Generation gone = new Generation(Messages.id(), 0);
    Generation kept = new Generation(Messages.id(), 0);
    concluded.add(gone, 2);
    concluded.add(kept, 3);
    commit(Topics.DELIVERY_GROUP, Topics.READY, 0, 3);
    commit(Topics.DELIVERY_GROUP, Topics.DUE, 0, 8);

    truncation.run(log.admin());

    assertThat(concluded.contains(gone)).isFalse();
    assertThat(concluded.contains(kept)).isTrue();
  }

  @Test
  void aCommitWithoutANoteKeepsAllOutcomes() throws Exception {
    fill(Topics.OUTCOMES, 10);
    log.commit(Topics.DELIVERY_GROUP, Topics.READY, 0, "");
    commit(Topics.DELIVERY_GROUP, Topics.DUE, 0, 9);

    truncation.run(log.admin());

    assertThat(log.start(Topics.OUTCOMES)).isZero();
  }

  @Test
  void onePartitionThatCannotBeCutDoesNotKeepTheOthers() throws Exception {
    fill(Topics.READY, 10);
    fill(RETRY, 10);
    commit(Topics.DELIVERY_GROUP, Topics.READY, 99, 0); // beyond its end
    log.commit(Topics.READERS_GROUP, RETRY, 7, "");

    truncation.run(log.admin());

    assertThat(log.start(Topics.READY)).isZero();
    assertThat(log.start(RETRY)).isEqualTo(7);
  }

  @Test
  void theDiskIsGivenBackAfterABurst(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory)) { // to look at its files
      log.close();
      log = TestLog.on(broker, HOUR);
      giveBackAfterABurst(directory.resolve(Topics.READY + "-0"));
      log.close();
    }
  }

  private void giveBackAfterABurst(Path partition) throws Exception {
    byte[] octets = new byte[1024 * 1024];
    new Random(3).nextBytes(octets);
    for (int i = 0; i < 50; i++) {
      log.append(new ProducerRecord<>(Topics.READY, 0, "key", octets));
    }
    assertThat(used(partition)).isGreaterThan(50 * MIB);
    commit(Topics.DELIVERY_GROUP, Topics.READY, 50, 0);

    truncation.run(log.admin());

    // The segment that is being written is left, of 16 MiB.
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(() -> assertThat(used(partition)).isLessThan(17 * MIB));
  }

  private void fill(String topic, int records) {
    for (int i = 0; i < records; i++) {
      log.append(new ProducerRecord<>(topic, 0, "key", new byte[10]));
    }
  }

  private void commit(String group, String topic, long offset, long note) {
    log.commit(group, topic, offset, new CommitNote(note).text());
  }

  private static long used(Path partition) {
    try (Stream<Path> files = Files.walk(partition)) {
      return files.filter(Files::isRegularFile).mapToLong(LogTruncationIT::size).sum();
    } catch (IOException | UncheckedIOException e) {
      return Long.MAX_VALUE; // a segment went while we looked
    }
  }

  private static long size(Path file) {
    try {
      return file.toString().endsWith(".log") ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
