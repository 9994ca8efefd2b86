package io.gatepost.testkit.broker;

import io.gatepost.embedded.BrokerCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A cluster of three brokers, each a process with its own directory, which are killed and started
/// again one by one. Their ids are 1 to 3.
public final class ThreeBrokers implements AutoCloseable {

  private static final int NODES = 3;
  private static final long LONGEST_START_SECONDS = 90;

  private final Path directory;
  private final BrokerCluster cluster = BrokerCluster.onFreePorts(NODES);
  private final Map<Integer, BrokerProcess> running = new HashMap<>();

  private ThreeBrokers(Path directory) {
    this.directory = directory;
  }

  /// Starts all three; returns when all of them take requests.
  ///
  /// @param directory where their logs are, or shall be
  public static ThreeBrokers start(Path directory) {
    ThreeBrokers brokers = new ThreeBrokers(directory);
    try {
      for (int id = 1; id <= NODES; id++) {
        brokers.launch(id);
      }
      for (int id = 1; id <= NODES; id++) {
        brokers.awaitReady(id);
      }
      return brokers;
    } catch (RuntimeException e) {
      brokers.close();
      throw e;
    }
  }

  /// The addresses that clients connect to: all three.
  public String bootstrapServers() {
    return cluster.bootstrapServers();
  }

  /// Kills one with SIGKILL; returns when it has ended.
  public void kill(int id) {
    BrokerProcess process = running.remove(id);
    if (process == null) {
      throw new IllegalStateException("broker " + id + " does not run");
    }
    process.close();
  }

  /// Starts one again at its address and on its log; returns when it takes requests.
  public void startAgain(int id) {
    if (running.containsKey(id)) {
      throw new IllegalStateException("broker " + id + " runs");
    }
    launch(id);
    awaitReady(id);
  }

  /// Kills those that run.
  @Override
  public void close() {
    running.values().forEach(BrokerProcess::close);
    running.clear();
  }

  private void launch(int id) {
    try {
      running.put(
          id,
          BrokerProcess.startMember(
              Files.createDirectories(directory.resolve("broker-" + id)), log(id), cluster, id));
    } catch (IOException e) {
      throw new UncheckedIOException("broker " + id + " cannot be started", e);
    }
  }

  private void awaitReady(int id) {
    BrokerProcess process = Objects.requireNonNull(running.get(id));
    CompletableFuture<Void> late =
        CompletableFuture.runAsync(
            process::close,
            CompletableFuture.delayedExecutor(LONGEST_START_SECONDS, TimeUnit.SECONDS));
    try {
      if (!process.isReady()) {
        throw new IllegalStateException("broker " + id + " has ended: " + said(id));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("broker " + id + " does not start: " + said(id), e);
    } finally {
      late.cancel(false);
    }
  }

  private Path log(int id) {
    return directory.resolve("broker-" + id + ".log");
  }

  private String said(int id) {
    try {
      return Files.readString(log(id));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
