package io.gatepost.allinone.split;

import io.gatepost.allinone.start.DataDirectory;
import io.gatepost.allinone.start.Infrastructure;
import io.gatepost.allinone.start.ReadySuite;
import io.gatepost.allinone.start.ServiceStart;
import io.gatepost.allinone.start.Settings;
import io.gatepost.cli.exit.CommandFailure;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.cli.operator.OperatorPort;
import io.gatepost.edge.EdgeProperties;
import io.gatepost.embedded.FreePort;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;

/// The six services and the infrastructure as seven processes that talk over HTTP, with a token for
/// each caller that is new at each start.
public final class SplitSuite implements AutoCloseable {

  private static final String INFRASTRUCTURE = "infrastructure";
  private static final String INFRASTRUCTURE_HEAP = "256m";

  /// Of a process that has ended what others have begun; delivery-service ends its attempts by
  /// then.
  private static final Duration LONGEST_STOP = Duration.ofSeconds(30);

  private static final String EDGE = "edge";
  private static final String EDGE_HEAP = "192m";

  /// The services behind the edge and their heaps, in the order in which they are stopped.
  private static final Map<String, String> BEHIND_THE_EDGE = behindTheEdge();

  private final JavaCommand command;
  private final DataDirectory directory;
  private final List<String> edgeSettings;
  private final SuiteTokens tokens = new SuiteTokens();
  private final List<Child> inStopOrder = new ArrayList<>();

  /// @param edgeSettings `key=value`, what the command line says about the edge's ports
  /// @param mainClass the class whose command `service` runs one process
  public SplitSuite(
      Settings settings, DataDirectory directory, List<String> edgeSettings, String mainClass) {
    this.command = new JavaCommand(settings, mainClass);
    this.directory = directory;
    this.edgeSettings = edgeSettings;
  }

  /// Starts everything and waits until all of it is ready; the addresses are the edge's. Throws
  /// [CommandFailure] where a process does not start.
  public ReadySuite start() {
    List<String> found = List.of(startInfrastructure().split(" "));
    Map<String, Integer> ports = new LinkedHashMap<>();
    BEHIND_THE_EDGE.keySet().forEach(name -> ports.put(name, FreePort.find()));
    List<String> shared = new ArrayList<>(found);
    shared.add(Infrastructure.databasePassword(command.settings().data()));
    ports.keySet().forEach(name -> shared.add("gatepost.rpc." + name + "=" + url(ports, name)));

    List<Child> children = new ArrayList<>();
    children.add(child(EDGE, EDGE_HEAP, plus(shared, edgeSettings)));
    BEHIND_THE_EDGE.forEach((name, heap) ->
        children.add(child(name, heap, plus(shared, List.of("server.port=" + ports.get(name))))));
    synchronized (inStopOrder) {
      inStopOrder.addAll(0, children);
    }
    List<CompletableFuture<String>> ready = children.stream().map(Child::start).toList();
    // One that cannot start ends the wait for the others.
    CompletableFuture<Void> failed = new CompletableFuture<>();
    ready.forEach(one ->
        one.whenComplete((said, e) -> {
          if (e != null) {
            failed.completeExceptionally(e);
          }
        }));
    await(
        CompletableFuture.anyOf(
            failed, CompletableFuture.allOf(ready.toArray(CompletableFuture[]::new))));
    String edge = await(ready.getFirst());
    return new ReadySuite(
        edge,
        new OperatorPort(
            url(ports, "queue"),
            url(ports, "delivery"),
            url(ports, "routing"),
            url(ports, "verification"),
            edgeUrl(edge),
            url(ports, "scanner"),
            tokens.operator()));
  }

  /// Stops the edge, then what is behind it, then the infrastructure.
  @Override
  public void close() {
    List<Child> children;
    synchronized (inStopOrder) {
      children = List.copyOf(inStopOrder);
    }
    children.forEach(Child::letEnd);
    children.forEach(Child::stop);
  }

  private String startInfrastructure() {
    Child infrastructure =
        child(
            INFRASTRUCTURE,
            INFRASTRUCTURE_HEAP,
            List.of("--broker-port=" + FreePort.find(), "--database-port=" + FreePort.find()));
    synchronized (inStopOrder) {
      inStopOrder.add(infrastructure);
    }
    return await(infrastructure.start());
  }

  private Child child(String name, String heap, List<String> arguments) {
    return new Child(
        name,
        command.of(new ChildSpec(name, heap, arguments)),
        tokens.of(name),
        directory,
        patience(name));
  }

  /// The edge stops after the transactions that it lets end, other services after the calls.
  private Duration patience(String name) {
    Duration first =
        switch (name) {
          case EDGE -> command.settings().of(EdgeProperties.class).drain();
          case INFRASTRUCTURE -> Duration.ZERO;
          default -> command.settings().of(LifecycleProperties.class).getTimeoutPerShutdownPhase();
        };
    return first.plus(LONGEST_STOP);
  }

  private static URI url(Map<String, Integer> ports, String name) {
    return URI.create("http://127.0.0.1:" + ports.get(name));
  }

  /// Where the edge answers calls.
  ///
  /// @param ready its line, which ends in `http ADDRESS:PORT`
  private static URI edgeUrl(String ready) {
    int colon = ready.lastIndexOf(':');
    String address = ready.substring(ready.lastIndexOf(' ') + 1, colon);
    try {
      return ServiceStart.httpUrl(
          InetAddress.getByName(address), Integer.parseInt(ready.substring(colon + 1)));
    } catch (UnknownHostException e) {
      throw new CommandFailure(
          ExitCode.CONFIG, "server.address = \"" + address + "\" (expected: an address)");
    }
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof CommandFailure failure ? failure : e;
    }
  }

  private static List<String> plus(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(more);
    return all;
  }

  private static Map<String, String> behindTheEdge() {
    Map<String, String> heaps = new LinkedHashMap<>();
    heaps.put("delivery", "192m");
    heaps.put("queue", "192m");
    heaps.put("scanner", "128m");
    heaps.put("verification", "96m");
    heaps.put("routing", "96m");
    return heaps;
  }
}
