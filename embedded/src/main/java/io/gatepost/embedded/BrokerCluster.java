package io.gatepost.embedded;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Kafka nodes that form one cluster on the loopback address, each of them broker and controller.
/// The controllers elect their leader by majority, so a cluster of three works with two of them.
public record BrokerCluster(List<Node> nodes) {

  /// Copies of each record where there are nodes for them.
  private static final int COPIES = 3;

  /// One node and its two ports.
  ///
  /// @param id from 1
  /// @param port for clients and other brokers
  /// @param controllerPort for the metadata
  public record Node(int id, int port, int controllerPort) {

    /// The address that clients connect to.
    public String address() {
      return "127.0.0.1:" + port;
    }

    String controllerAddress() {
      return "127.0.0.1:" + controllerPort;
    }
  }

  public BrokerCluster {
    nodes = List.copyOf(nodes);
  }

  /// Returns one node that listens for clients on a given port.
  public static BrokerCluster single(int port) {
    return new BrokerCluster(List.of(new Node(1, port, FreePort.find())));
  }

  /// Returns nodes on ports that are free now.
  public static BrokerCluster onFreePorts(int nodes) {
    List<Integer> ports =
        IntStream.generate(FreePort::find).distinct().limit(2L * nodes).boxed().toList();
    return new BrokerCluster(
        IntStream.range(0, nodes)
            .mapToObj(i -> new Node(i + 1, ports.get(2 * i), ports.get(2 * i + 1)))
            .toList());
  }

  /// Returns the node with an id; throws [IllegalArgumentException] where there is none.
  public Node node(int id) {
    return nodes.stream()
        .filter(node -> node.id() == id)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no node " + id + " in " + nodes));
  }

  /// The addresses of all nodes, as clients take them.
  public String bootstrapServers() {
    return nodes.stream().map(Node::address).collect(Collectors.joining(","));
  }

  /// Copies of each record of the broker's own topics.
  int copies() {
    return Math.min(COPIES, nodes.size());
  }

  String quorum() {
    return nodes.stream()
        .map(node -> node.id() + "@" + node.controllerAddress())
        .collect(Collectors.joining(","));
  }
}
