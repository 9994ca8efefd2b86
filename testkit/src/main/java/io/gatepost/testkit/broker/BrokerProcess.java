package io.gatepost.testkit.broker;

import io.gatepost.embedded.BrokerCluster;
import io.gatepost.embedded.BrokerNode;
import io.gatepost.embedded.EmbeddedBroker;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A broker in a process of its own, to be killed. It ends with the process that has started it,
/// however that ends.
public final class BrokerProcess implements AutoCloseable {

  private static final String READY = "ready";

  private final Process process;
  private final String bootstrapServers;

  private BrokerProcess(Process process, String bootstrapServers) {
    this.process = process;
    this.bootstrapServers = bootstrapServers;
  }

  /// Starts the embedded broker on any free port; use [#isReady] to wait for it.
  ///
  /// @param directory where its log is, or shall be
  /// @param log takes what it says
  public static BrokerProcess start(Path directory, Path log) throws IOException {
    int port = FreePort.find();
    Process process =
        java(log, "-Xmx256m", Alone.class, directory.toString(), String.valueOf(port));
    return new BrokerProcess(process, "127.0.0.1:" + port);
  }

  /// Starts one node of a cluster; [#isReady] waits until most of the others are there too.
  ///
  /// @param directory where its log is, or shall be
  /// @param log takes what it says
  static BrokerProcess startMember(Path directory, Path log, BrokerCluster cluster, int id)
      throws IOException {
    String[] ports =
        cluster.nodes().stream()
            .flatMapToInt(node -> IntStream.of(node.port(), node.controllerPort()))
            .mapToObj(String::valueOf)
            .toArray(String[]::new);
    String[] arguments =
        Stream.concat(Stream.of(directory.toString(), String.valueOf(id)), Stream.of(ports))
            .toArray(String[]::new);
    return new BrokerProcess(
        java(log, "-Xmx160m", Member.class, arguments), cluster.node(id).address());
  }

  private static Process java(Path log, String heap, Class<?> main, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                heap,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(Objects.requireNonNull(log.toAbsolutePath().getParent()).toFile())
        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /// Waits until it takes requests, or has ended.
  public boolean isReady() throws IOException {
    return READY.equals(process.inputReader().readLine());
  }

  /// The addresses that clients connect to.
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /// Kills it; returns when it has ended.
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Starts a broker, says that it is ready, and goes on until the process that reads this is gone.
  private static void serve(Runnable start) throws IOException {
    PrintStream answers = System.out;
    System.setOut(System.err); // what is logged there has no reader
    start.run();
    answers.println(READY);
    while (System.in.read() >= 0) {} // nobody writes: it returns at the end
    Runtime.getRuntime().halt(0);
  }

  /// The process of the embedded broker.
  static final class Alone {
    public static void main(String[] arguments) throws IOException {
      serve(() -> EmbeddedBroker.start(Path.of(arguments[0]), Integer.parseInt(arguments[1])));
    }
  }

  /// The process of a node of a cluster: its directory, its id, and two ports of each node.
  static final class Member {
    public static void main(String[] arguments) throws IOException {
      List<BrokerCluster.Node> nodes = new ArrayList<>();
      for (int i = 2; i < arguments.length; i += 2) {
        int port = Integer.parseInt(arguments[i]);
        nodes.add(
            new BrokerCluster.Node(nodes.size() + 1, port, Integer.parseInt(arguments[i + 1])));
      }
      BrokerCluster cluster = new BrokerCluster(nodes);
      serve(() -> BrokerNode.start(Path.of(arguments[0]), cluster, Integer.parseInt(arguments[1])));
    }
  }
}
