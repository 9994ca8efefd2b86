package io.gatepost.queue.log.maintain;

import io.gatepost.contract.event.Topics;
import io.gatepost.contract.setting.SettingException;
import io.gatepost.queue.log.append.LogClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.ConfigResource.Type;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Declares the topics of the log, creates them, and puts right the settings of those that are
/// there. A clock must never delete mail: only truncation behind a committed offset does, so
/// retention has no bound. Spring's own creation is off: it would raise partitions, where records
/// lie in the partition that their queue id names, and it looks once, at a start that waits for no
/// broker.
///
/// @param partitions of every topic
/// @param replicas of every record; where it is one, the broker syncs it before it counts
/// @param minInSync how many must have it before it counts
/// @param retry names of the retry topics of the ladder in force
public record LogTopics(int partitions, short replicas, int minInSync, List<String> retry)
    implements MaintenanceTask {

  private static final Logger log = LoggerFactory.getLogger(LogTopics.class);

  private static final Set<String> COMPACTED = Set.of(Topics.AMENDMENTS, Topics.RELEASES);

  /// Longer than the election of a leader takes after a broker has died.
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(10);

  /// Returns what each topic has to be.
  public List<NewTopic> declared() {
    return names().stream()
        .map(name -> new NewTopic(name, partitions, replicas).configs(settings(name)))
        .toList();
  }

  /// Creates those that are missing; fails where the broker cannot be reached, with
  /// [SettingException] where a topic that is there has not the partitions or copies that the
  /// settings want: records lie in the partition that their queue id names.
  public void createMissing(Admin admin) throws ExecutionException, InterruptedException {
    Set<String> present = admin.listTopics().names().get();
    List<String> old = names().stream().filter(present::contains).toList();
    check(admin, old);
    correct(admin, old);
    List<NewTopic> missing = new ArrayList<>();
    for (NewTopic topic : declared()) {
      if (!present.contains(topic.name())) {
        missing.add(topic);
      }
    }
    if (!missing.isEmpty()) {
      admin.createTopics(missing).all().get();
      log.info("topics created: {}", missing.stream().map(NewTopic::name).toList());
    }
  }

  /// Puts right what somebody has changed while the log is in use; throws [SettingException] where
  /// the broker does not let it.
  @Override
  public void run(Admin admin) throws ExecutionException, InterruptedException {
    correct(admin, names());
  }

  /// The promise of a 250 depends on some settings of each topic, whoever made it: with a broker's
  /// defaults a clock may delete mail, and one broker's word may count.
  private void correct(Admin admin, List<String> present)
      throws ExecutionException, InterruptedException {
    List<ConfigResource> topics =
        present.stream().map(name -> new ConfigResource(Type.TOPIC, name)).toList();
    Map<ConfigResource, Config> found;
    try {
      found = admin.describeConfigs(topics).all().get();
    } catch (ExecutionException e) {
      log.warn("whether the topics' settings are right is not known: {}", e.toString());
      return;
    }
    for (Map.Entry<ConfigResource, Config> each : found.entrySet()) {
      for (Map.Entry<String, String> wanted : promises(each.getKey().name()).entrySet()) {
        ConfigEntry entry = each.getValue().get(wanted.getKey());
        if (entry != null && !wanted.getValue().equals(entry.value())) {
          correct(admin, each.getKey(), entry, wanted.getValue());
        }
      }
    }
  }

  private static void correct(Admin admin, ConfigResource topic, ConfigEntry found, String wanted)
      throws InterruptedException {
    AlterConfigOp set = new AlterConfigOp(new ConfigEntry(found.name(), wanted), OpType.SET);
    try {
      admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
      log.warn(
          "topic {}: {} was {} and is {} now", topic.name(), found.name(), found.value(), wanted);
    } catch (ExecutionException e) {
      throw new SettingException(
          "topic " + topic.name() + " " + found.name(),
          String.valueOf(found.value()),
          wanted + ", which the broker does not let be set: " + e.getCause());
    }
  }

  private void check(Admin admin, List<String> present)
      throws ExecutionException, InterruptedException {
    for (TopicDescription topic : admin.describeTopics(present).allTopicNames().get().values()) {
      int found = topic.partitions().size();
      if (found != partitions) {
        throw new SettingException(
            "gatepost.queue.partitions", partitions, found + ", as topic " + topic.name() + " has");
      }
      int copies =
          topic.partitions().stream().mapToInt(each -> each.replicas().size()).min().orElse(0);
      if (copies < replicas) {
        throw new SettingException(
            "gatepost.queue.durability",
            "replicated",
            "flushed, or topic %s on %d brokers; it is on %d"
                .formatted(topic.name(), replicas, copies));
      }
    }
  }

  /// Whether too few brokers have a copy in sync, so that none of them takes a new message. Where
  /// most controllers are away nobody takes brokers off the list of those in sync: then only
  /// silence tells.
  ///
  /// @param silence for how long messages on their way have had no answer
  /// @return what is missing; empty where nothing is
  String missingCopies(Admin admin, Duration silence)
      throws ExecutionException, InterruptedException {
    if (minInSync == 1) {
      return "";
    }
    if (silence.compareTo(LONGEST_SILENCE) > 0) {
      return "topic %s has confirmed no message for %d s"
          .formatted(Topics.READY, silence.toSeconds());
    }
    int copies =
        admin.describeTopics(List.of(Topics.READY)).allTopicNames().get().values().stream()
            .flatMap(ready -> ready.partitions().stream())
            .mapToInt(partition -> partition.isr().size())
            .min()
            .orElse(0);
    return copies < minInSync
        ? "topic %s has %d copies in sync (expected: %d)".formatted(Topics.READY, copies, minInSync)
        : "";
  }

  private List<String> names() {
    List<String> names =
        new ArrayList<>(
            List.of(
                Topics.READY,
                Topics.DUE,
                Topics.OUTCOMES,
                Topics.AMENDMENTS,
                Topics.RELEASES,
                Topics.UNDECODABLE));
    names.addAll(retry);
    return names;
  }

  private Map<String, String> settings(String name) {
    Map<String, String> settings = promises(name);
    settings.put("segment.bytes", String.valueOf(16 * 1024 * 1024));
    settings.put("segment.index.bytes", String.valueOf(64 * 1024));
    settings.put("file.delete.delay.ms", "1000");
    return settings;
  }

  /// Those without which mail could be lost.
  private Map<String, String> promises(String name) {
    Map<String, String> settings = new HashMap<>();
    settings.put("message.timestamp.type", "LogAppendTime");
    settings.put("retention.ms", "-1");
    settings.put("retention.bytes", "-1");
    settings.put("cleanup.policy", COMPACTED.contains(name) ? "compact" : "delete");
    settings.put("max.message.bytes", String.valueOf(LogClients.MAX_RECORD_OCTETS + 1024 * 1024));
    settings.put("min.insync.replicas", String.valueOf(minInSync));
    if (replicas == 1) {
      settings.put("flush.messages", "1");
    }
    return settings;
  }
}
