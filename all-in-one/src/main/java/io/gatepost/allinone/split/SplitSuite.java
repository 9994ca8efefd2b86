package io.gatepost.allinone.split;

import io.gatepost.allinone.start.DataDirectory;
import io.gatepost.allinone.start.OperatorPort;
import io.gatepost.allinone.start.ReadySuite;
import io.gatepost.allinone.start.Settings;
import io.gatepost.allinone.start.StartFailure;
import io.gatepost.embedded.FreePort;
import java.net.URI;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The six services and the infrastructure as seven processes that talk over HTTP, with one token
/// per run.
public final class SplitSuite implements AutoCloseable {

  private static final String INFRASTRUCTURE = "infrastructure";
  private static final String INFRASTRUCTURE_HEAP = "256m";
  private static final String EDGE = "edge";
  private static final String EDGE_HEAP = "192m";
  private static final int TOKEN_OCTETS = 32;

  /// The services behind the edge and their heaps, in the order in which they are stopped.
  private static final Map<String, String> BEHIND_THE_EDGE = behindTheEdge();

  private final JavaCommand command;
  private final DataDirectory directory;
  private final List<String> edgeSettings;
  private final String token;
  private final List<Child> inStopOrder = new ArrayList<>();

  /// @param edgeSettings `key=value`, what the command line says about the edge's ports
  /// @param mainClass the class whose command `service` runs one process
  public SplitSuite(
      Settings settings, DataDirectory directory, List<String> edgeSettings, String mainClass) {
    this.command = new JavaCommand(settings, mainClass);
    this.directory = directory;
    this.edgeSettings = edgeSettings;
    this.token = newToken();
  }

  /// Starts everything and waits until all of it is ready; the addresses are the edge's. Throws
  /// [StartFailure] where a process does not start.
  public ReadySuite start() {
    List<String> found = List.of(startInfrastructure().split(" "));
    Map<String, Integer> ports = new LinkedHashMap<>();
    BEHIND_THE_EDGE.keySet().forEach(name -> ports.put(name, FreePort.find()));
    List<String> shared = new ArrayList<>(found);
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
    return new ReadySuite(
        await(ready.getFirst()),
        new OperatorPort(
            url(ports, "queue"), url(ports, "delivery"), url(ports, "routing"), token));
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
    return new Child(name, command.of(new ChildSpec(name, heap, arguments)), token, directory);
  }

  private static URI url(Map<String, Integer> ports, String name) {
    return URI.create("http://127.0.0.1:" + ports.get(name));
  }

  private static <T> T await(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StartFailure failure ? failure : e;
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

  private static String newToken() {
    byte[] octets = new byte[TOKEN_OCTETS];
    new SecureRandom().nextBytes(octets);
    return HexFormat.of().formatHex(octets);
  }
}
