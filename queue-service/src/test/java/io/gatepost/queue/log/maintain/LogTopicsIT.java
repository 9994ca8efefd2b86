package io.gatepost.queue.log.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.event.Topics;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.queue.log.append.TestLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogTopicsIT {

  private static final Duration HOUR = Duration.ofHours(1);

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
  void eachRecordIsSyncedBeforeItCounts() throws Exception {
    ConfigResource ready = new ConfigResource(ConfigResource.Type.TOPIC, Topics.READY);

    var settings = log.admin().describeConfigs(List.of(ready)).all().get().get(ready);

    assertThat(settings.get("flush.messages").value()).isEqualTo("1");
  }

  @Test
  void settingsThatWouldLoseMailArePutRight() throws Exception {
    ConfigResource ready = new ConfigResource(ConfigResource.Type.TOPIC, Topics.READY);
    log.admin()
        .incrementalAlterConfigs(
            Map.of(
                ready,
                List.of(
                    set("retention.ms", "604800000"),
                    new AlterConfigOp(
                        new ConfigEntry("flush.messages", ""), AlterConfigOp.OpType.DELETE))))
        .all()
        .get();

    await().until(() -> setting(ready, "retention.ms"), "604800000"::equals);

    topics(1, 1, Topics.retry(HOUR)).createMissing(log.admin());

    await()
        .untilAsserted(() -> {
          assertThat(setting(ready, "retention.ms")).isEqualTo("-1");
          assertThat(setting(ready, "flush.messages")).isEqualTo("1");
        });
  }

  @Test
  void aClockThatIsSetWhileTheLogIsInUseIsPutRight() throws Exception {
    ConfigResource due = new ConfigResource(ConfigResource.Type.TOPIC, Topics.DUE);
    log.admin()
        .incrementalAlterConfigs(Map.of(due, List.of(set("retention.bytes", "1048576"))))
        .all()
        .get();
    await().until(() -> setting(due, "retention.bytes"), "1048576"::equals);

    topics(1, 1, Topics.retry(HOUR)).run(log.admin());

    await().untilAsserted(() -> assertThat(setting(due, "retention.bytes")).isEqualTo("-1"));
  }

  @Test
  void whatIsDeclaredIsWhatIsCreated() throws Exception {
    for (NewTopic topic : topics(1, 1, Topics.retry(HOUR)).declared()) {
      assertThat(topic.numPartitions()).isEqualTo(1);
      assertThat(topic.replicationFactor()).isEqualTo((short) 1);
      ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
      for (Map.Entry<String, String> each : topic.configs().entrySet()) {
        assertThat(setting(resource, each.getKey())).isEqualTo(each.getValue());
      }
    }
  }

  private String setting(ConfigResource topic, String key) throws Exception {
    return log.admin().describeConfigs(List.of(topic)).all().get().get(topic).get(key).value();
  }

  private static AlterConfigOp set(String key, String value) {
    return new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET);
  }

  @Test
  void aNewStepOfTheLadderGetsItsTopic() throws Exception {
    topics(1, 1, Topics.retry(HOUR), Topics.retry(Duration.ofHours(2))).createMissing(log.admin());

    // The broker answers before all of it knows.
    await()
        .untilAsserted(() ->
            assertThat(log.admin().listTopics().names().get())
                .contains(Topics.retry(HOUR), Topics.retry(Duration.ofHours(2))));
    assertThatCode(() -> topics(1, 1, Topics.retry(HOUR)).createMissing(log.admin()))
        .doesNotThrowAnyException();
  }

  @Test
  void moreOrFewerPartitionsThanThereAreAreRefused() {
    assertThatThrownBy(() -> topics(4, 1, Topics.retry(HOUR)).createMissing(log.admin()))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.queue.partitions")
        .hasMessageContaining("4")
        .hasMessageContaining("expected: 1, as topic gatepost.");
  }

  @Test
  void topicsOnOneBrokerAreNotReplicated() {
    assertThatThrownBy(() -> topics(1, 3, Topics.retry(HOUR)).createMissing(log.admin()))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("gatepost.queue.durability")
        .hasMessageContaining("on 3 brokers; it is on 1");
  }

  private static LogTopics topics(int partitions, int replicas, String... retry) {
    return new LogTopics(partitions, (short) replicas, 1, List.of(retry));
  }
}
