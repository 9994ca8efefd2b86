package io.gatepost.deploy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Traffic that the network policies of a release admit, as a network of the cluster would read
/// them: a connection goes through where what it leaves and what it reaches both allow it. A pod
/// that no policy selects is open.
///
/// @param policies the objects of the kind NetworkPolicy
record Policies(List<Map<String, Object>> policies) {

  private static final Set<String> SPEC = Set.of("podSelector", "policyTypes", "ingress", "egress");
  private static final Set<String> PEER = Set.of("podSelector", "namespaceSelector", "ipBlock");

  /// One end of a connection.
  ///
  /// @param namespace labels of its namespace; empty for what is outside of the cluster
  /// @param pod its labels
  /// @param address its IP address
  record End(Map<String, Object> namespace, Map<String, Object> pod, String address) {

    static End outside(String address) {
      return new End(Map.of(), Map.of(), address);
    }

    static End podOf(String namespace, String name) {
      return new End(
          Map.of("kubernetes.io/metadata.name", namespace),
          Map.of("app.kubernetes.io/name", name),
          "10.244.9.9");
    }

    boolean isPod() {
      return !namespace.isEmpty();
    }
  }

  /// Those of a release, which hold for the pods of its namespace, `mail`.
  static Policies of(Release release) {
    List<Map<String, Object>> policies = release.all("NetworkPolicy");
    policies.forEach(policy -> requireKnown(spec(policy).keySet(), SPEC));
    return new Policies(policies);
  }

  /// A pod of a workload of the release.
  static End pod(Release release, String workload) {
    return new End(
        Map.of("kubernetes.io/metadata.name", "mail"),
        Release.map(
            Release.at(
                Release.map(release.workloads().get(workload)), "spec.template.metadata.labels")),
        "10.244.1.1");
  }

  /// Whether a connection goes through.
  boolean admit(End from, End to, String protocol, int port) {
    return allows("Egress", from, to, protocol, port)
        && allows("Ingress", to, from, protocol, port);
  }

  private boolean allows(String direction, End subject, End other, String protocol, int port) {
    List<Map<String, Object>> own =
        policies.stream()
            .filter(policy -> Release.strings(spec(policy).get("policyTypes")).contains(direction))
            .filter(policy -> isOfRelease(subject) && selects(policy, subject))
            .toList();
    return own.isEmpty()
        || own.stream()
            .flatMap(policy ->
                Release.maps(spec(policy).get(direction.toLowerCase(Locale.ROOT))).stream())
            .anyMatch(rule ->
                hasPort(rule, protocol, port)
                    && hasPeer(rule.get(direction.equals("Egress") ? "to" : "from"), other));
  }

  private static boolean isOfRelease(End end) {
    return "mail".equals(end.namespace().get("kubernetes.io/metadata.name"));
  }

  private static boolean selects(Map<String, Object> policy, End end) {
    return matches(spec(policy).get("podSelector"), end.pod());
  }

  /// No ports are all ports.
  private static boolean hasPort(Map<String, Object> rule, String protocol, int port) {
    List<Map<String, Object>> ports = Release.maps(rule.get("ports"));
    return ports.isEmpty()
        || ports.stream()
            .anyMatch(one ->
                protocol.equals(one.get("protocol"))
                    && Integer.valueOf(port).equals(one.get("port")));
  }

  /// No peers are all peers.
  private static boolean hasPeer(@Nullable Object peers, End end) {
    List<Map<String, Object>> all = Release.maps(peers);
    return all.isEmpty() || all.stream().anyMatch(peer -> isPeer(peer, end));
  }

  private static boolean isPeer(Map<String, Object> peer, End end) {
    requireKnown(peer.keySet(), PEER);
    if (peer.get("ipBlock") != null) {
      Map<String, Object> block = Release.map(peer.get("ipBlock"));
      return isIn(String.valueOf(block.get("cidr")), end.address())
          && Release.strings(block.get("except")).stream()
              .noneMatch(but -> isIn(but, end.address()));
    }
    boolean inNamespace =
        peer.containsKey("namespaceSelector")
            ? matches(peer.get("namespaceSelector"), end.namespace())
            : isOfRelease(end);
    return end.isPod()
        && inNamespace
        && (!peer.containsKey("podSelector") || matches(peer.get("podSelector"), end.pod()));
  }

  /// An empty selector selects everything.
  private static boolean matches(@Nullable Object selector, Map<String, Object> labels) {
    Map<String, Object> map = selector == null ? Map.of() : Release.map(selector);
    requireKnown(map.keySet(), Set.of("matchLabels"));
    Object wanted = map.get("matchLabels");
    return wanted == null || labels.entrySet().containsAll(Release.map(wanted).entrySet());
  }

  private static boolean isIn(String cidr, String address) {
    try {
      String[] parts = cidr.split("/", 2);
      byte[] network = InetAddress.getByName(parts[0]).getAddress();
      byte[] one = InetAddress.getByName(address).getAddress();
      int bits = parts.length == 1 ? network.length * 8 : Integer.parseInt(parts[1]);
      if (network.length != one.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> bit % 8;
        if ((network[bit / 8] & mask) != (one[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(cidr + " or " + address, e);
    }
  }

  /// A rule that this cannot judge must not be passed over.
  private static void requireKnown(Set<String> keys, Set<String> known) {
    if (!known.containsAll(keys)) {
      throw new IllegalArgumentException("cannot judge " + keys);
    }
  }

  private static Map<String, Object> spec(Map<String, Object> policy) {
    return Release.map(policy.get("spec"));
  }
}
