package io.gatepost.system.early;

import io.gatepost.system.Estate;
import io.gatepost.testkit.smtp.FakeSmtpServer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Next hops with a domain each. A test takes those that it needs, so that none of them meets a
/// next hop that was slow or away for another.
final class Hops implements AutoCloseable {

  private final List<Hop> all;
  private final Queue<Hop> unused;

  /// A next hop.
  ///
  /// @param domain whose mail it takes
  record Hop(String domain, FakeSmtpServer server) {

    String user(String name) {
      return name + "@" + domain;
    }
  }

  private Hops(List<Hop> all) {
    this.all = all;
    this.unused = new ArrayDeque<>(all);
  }

  /// Starts so many, and waits until a suite routes mail to them.
  static Hops start(Estate estate, int count) {
    List<Hop> hops =
        IntStream.range(0, count)
            .mapToObj(i -> new Hop("hop" + i + ".test", FakeSmtpServer.start()))
            .toList();
    hops.forEach(hop -> hop.server().keepContent());
    String lines =
        hops.stream()
            .map(hop ->
                hop.domain() + " smtp:[127.0.0.1]:" + hop.server().address().getPort() + "\n")
            .collect(Collectors.joining());
    estate.change(estate.mailertable(), table -> table + lines, hops.getLast().user("a"), "250");
    return new Hops(hops);
  }

  /// One that no test has had yet.
  Hop take() {
    return unused.remove();
  }

  @Override
  public void close() {
    all.forEach(hop -> hop.server().close());
  }
}
