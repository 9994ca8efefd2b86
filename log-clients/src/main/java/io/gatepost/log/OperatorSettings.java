package io.gatepost.log;

import io.gatepost.contract.setting.SettingException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;

/// Holds what the operator has set below `spring.kafka` against what the log depends on. A setting
/// that contradicts is refused, never overruled in silence.
final class OperatorSettings {

  private static final String ROOT = "spring.kafka.";
  private static final String ANY = ROOT + "properties.";

  /// Longest time that a record waits for others, in milliseconds.
  private static final int MAX_LINGER_MILLIS = 1_000;

  /// With [#MAX_LINGER_MILLIS] it stays below the shortest delivery timeout, of 10 s.
  private static final int MAX_PRODUCER_REQUEST_MILLIS = 8_000;

  /// Half of it may be in flight, so that a send always finds room.
  private static final int LEAST_PRODUCER_MEMORY_OCTETS = 32 * 1024 * 1024;

  /// Settings that the log depends on.
  ///
  /// @param client `consumer`, `producer` or `admin`
  /// @param key Boot's own key below the client's; empty where it has none
  /// @param name Kafka's
  /// @param expected as the operator is told
  private record Rule(
      String client, String key, String name, Predicate<String> allowed, String expected) {

    static Rule only(String client, String key, String name, String... values) {
      return new Rule(
          client,
          key,
          name,
          value -> List.of(values).contains(value.toLowerCase(Locale.ROOT)),
          values[0] + ", or nothing");
    }

    static Rule none(String client, String key, String name, String why) {
      return new Rule(client, key, name, value -> false, "nothing, as " + why);
    }

    static Rule atMost(String client, String key, String name, long most) {
      return new Rule(
          client, key, name, value -> isNumber(value, each -> each <= most), "at most " + most);
    }

    static Rule atLeast(String client, String key, String name, long least) {
      return new Rule(
          client, key, name, value -> isNumber(value, each -> each >= least), "at least " + least);
    }

    private static boolean isNumber(String value, LongPredicate allowed) {
      try {
        return allowed.test(Long.parseLong(value.strip()));
      } catch (NumberFormatException e) {
        return false;
      }
    }

    /// Where the operator may have set it; the last one counts.
    Stream<String> sources() {
      return Stream.of(
          ANY + name, ROOT + client + "." + key, ROOT + client + ".properties." + name);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          Rule.only("consumer", "enable-auto-commit", "enable.auto.commit", "false"),
          Rule.only("consumer", "isolation-level", "isolation.level", "read_committed"),
          Rule.only("consumer", "auto-offset-reset", "auto.offset.reset", "earliest"),
          Rule.only("consumer", "", "allow.auto.create.topics", "false"),
          Rule.only("consumer", "", "group.protocol", "classic"),
          Rule.none("consumer", "group-id", "group.id", "each reader has its own"),
          Rule.none("consumer", "", "group.instance.id", "each instance has its own"),
          Rule.none(
              "consumer", "", "partition.assignment.strategy", "ready and due go to one owner"),
          Rule.none("consumer", "key-deserializer", "key.deserializer", "keys are text"),
          Rule.none("consumer", "value-deserializer", "value.deserializer", "values are octets"),
          Rule.only("producer", "acks", "acks", "all", "-1"),
          Rule.only("producer", "", "enable.idempotence", "true"),
          Rule.only("producer", "", "max.in.flight.requests.per.connection", "1"),
          Rule.none(
              "producer",
              "transaction-id-prefix",
              "transactional.id",
              "gatepost.queue.instance is in it"),
          Rule.none(
              "producer",
              "",
              "transaction.timeout.ms",
              "transactions of killed services are told by it"),
          Rule.none("producer", "retries", "retries", "records are tried for their whole time"),
          Rule.none("producer", "", "delivery.timeout.ms", "each role has its own"),
          Rule.none("producer", "", "metadata.max.idle.ms", "topics are not forgotten"),
          Rule.none(
              "producer", "batch-size", "batch.size", "it follows from gatepost.queue.partitions"),
          Rule.atLeast("producer", "buffer-memory", "buffer.memory", LEAST_PRODUCER_MEMORY_OCTETS),
          Rule.atLeast("producer", "", "max.request.size", ClientSettings.MAX_REQUEST_OCTETS),
          Rule.atMost("producer", "", "max.block.ms", ClientSettings.MAX_BLOCK_MILLIS),
          Rule.atMost("producer", "", "linger.ms", MAX_LINGER_MILLIS),
          Rule.atMost("producer", "", "request.timeout.ms", MAX_PRODUCER_REQUEST_MILLIS),
          Rule.none("producer", "key-serializer", "key.serializer", "keys are text"),
          Rule.none("producer", "value-serializer", "value.serializer", "values are octets"));

  private final KafkaProperties properties;
  private final KafkaConnectionDetails connection;
  private final Binder binder;

  OperatorSettings(
      KafkaProperties properties, KafkaConnectionDetails connection, Environment environment) {
    this.properties = properties;
    this.connection = connection;
    this.binder = Binder.get(environment);
  }

  /// Throws [SettingException] for the first setting that contradicts, or that cannot be read.
  ///
  /// @param bundles absent where no bundle is set
  void check(@Nullable SslBundles bundles) {
    Stream.of("", "consumer.", "producer.", "admin.")
        .map(client -> ROOT + client + "ssl.bundle")
        .forEach(key -> written(key).ifPresent(name -> checkBundle(key, name, bundles)));
    try {
      checkValues();
    } catch (MutuallyExclusiveConfigurationPropertiesException e) {
      String key = e.getConfiguredNames().iterator().next();
      throw new SettingException(
          key,
          key.endsWith("bundle") ? written(key).orElse("") : "…", // a key is no thing to show
          "one of " + String.join(", ", e.getMutuallyExclusiveNames()));
    }
  }

  private static void checkBundle(String key, String name, @Nullable SslBundles bundles) {
    try {
      if (bundles == null || bundles.getBundle(name) == null) {
        throw new SettingException(key, name, "the name of a bundle of spring.ssl.bundle");
      }
    } catch (NoSuchSslBundleException e) {
      throw new SettingException(key, name, "the name of a bundle of spring.ssl.bundle");
    } catch (IllegalStateException | UncheckedIOException e) {
      throw new SettingException(key, name, "a bundle that can be read: " + e.getMessage());
    }
  }

  private void checkValues() {
    RULES.forEach(this::check);
    checkSwitch("admin.auto-create", "false");
    checkSwitch("admin.fail-fast", "false");
    checkSwitch("admin.modify-topic-configs", "false");
    checkAddresses();
    checkForms("consumer", ConsumerConfig.configDef(), properties.buildConsumerProperties());
    checkForms("producer", ProducerConfig.configDef(), properties.buildProducerProperties());
    checkForms("admin", AdminClientConfig.configDef(), properties.buildAdminProperties());
  }

  private void check(Rule rule) {
    Map<String, Object> all =
        rule.client().equals("consumer")
            ? properties.buildConsumerProperties()
            : properties.buildProducerProperties();
    Optional<String> source =
        rule.sources().filter(key -> written(key).isPresent()).reduce((weak, strong) -> strong);
    source.ifPresent(key -> {
      String value = text(all.getOrDefault(rule.name(), written(key).orElse("")));
      if (!rule.allowed().test(value)) {
        throw new SettingException(key, written(key).orElse(value), rule.expected());
      }
    });
  }

  private void checkSwitch(String key, String expected) {
    written(ROOT + key)
        .filter(value -> !value.equalsIgnoreCase(expected))
        .ifPresent(value -> {
          throw new SettingException(ROOT + key, value, expected + ", or nothing");
        });
  }

  /// All clients speak to the same brokers: a transaction holds what was read and what is written.
  private void checkAddresses() {
    String common = String.join(",", connection.getBootstrapServers());
    Stream.of(
            ROOT + "consumer.bootstrap-servers",
            ROOT + "producer.bootstrap-servers",
            ANY + "bootstrap.servers",
            ROOT + "consumer.properties.bootstrap.servers",
            ROOT + "producer.properties.bootstrap.servers",
            ROOT + "admin.properties.bootstrap.servers")
        .forEach(key ->
            written(key)
                .filter(value -> !value.replace(" ", "").equals(common))
                .ifPresent(value -> {
                  throw new SettingException(
                      key, value, common + " as spring.kafka.bootstrap-servers, or nothing");
                }));
  }

  /// Kafka would refuse it when the first client is made, long after the start.
  private void checkForms(String client, ConfigDef form, Map<String, Object> all) {
    for (Map.Entry<String, Object> each : all.entrySet()) {
      if (!form.configKeys().containsKey(each.getKey())) {
        continue;
      }
      try {
        ConfigDef.ConfigKey key = form.configKeys().get(each.getKey());
        Object value = ConfigDef.parseType(key.name, each.getValue(), key.type);
        if (key.validator != null) {
          key.validator.ensureValid(key.name, value);
        }
      } catch (ConfigException e) {
        String name = each.getKey();
        throw new SettingException(
            Stream.of(ROOT + client + ".properties." + name, ANY + name)
                .filter(key -> written(key).isPresent())
                .findFirst()
                .orElse(ROOT + client + "." + name.replace('.', '-')),
            text(each.getValue()),
            "what Kafka takes: " + e.getMessage());
      }
    }
  }

  /// Returns the operator's value, in any form that Spring takes.
  private Optional<String> written(String key) {
    if (key.endsWith(".")) {
      return Optional.empty();
    }
    for (Map.Entry<String, Map<String, String>> each : maps().entrySet()) {
      if (key.startsWith(each.getKey())) {
        return Optional.ofNullable(each.getValue().get(key.substring(each.getKey().length())));
      }
    }
    return Optional.ofNullable(binder.bind(key, String.class).orElse(null));
  }

  private Map<String, Map<String, String>> maps() {
    return Map.of(
        ANY,
        properties.getProperties(),
        ROOT + "consumer.properties.",
        properties.getConsumer().getProperties(),
        ROOT + "producer.properties.",
        properties.getProducer().getProperties(),
        ROOT + "admin.properties.",
        properties.getAdmin().getProperties());
  }

  private static String text(Object value) {
    return value instanceof Class<?> type ? type.getName() : String.valueOf(value);
  }
}
