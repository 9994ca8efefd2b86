package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.contract.envelope.Provenance;
import io.gatepost.contract.envelope.Provenance.Origin;
import io.gatepost.contract.reply.Replies;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyTest {

  private static final String V2_SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

  private final TestEdge edge = new TestEdge();

  @AfterEach
  void stop() {
    edge.close();
  }

  private TestClient client() throws IOException {
    edge.proxyFrom = List.of("127.0.0.1");
    return new TestClient(edge.start().port());
  }

  private Provenance provenanceOfMessage(TestClient client) throws IOException {
    client.openData();
    assertThat(client.say(".")).startsWith("250 ");
    return edge.queue.messages.getLast().envelope().provenance();
  }

  @Test
  void versionOneNamesTheClient() throws IOException {
    try (TestClient client = client()) {
      client.send("PROXY TCP4 192.0.2.7 198.51.100.1 40000 25\r\n");
      Provenance provenance = provenanceOfMessage(client.greet());

      assertThat(provenance.peer()).isEqualTo("192.0.2.7");
      assertThat(provenance.server()).isEqualTo("198.51.100.1:25");
      assertThat(provenance.origin()).isEqualTo(Origin.EXTERNAL);
    }
  }

  @Test
  void versionTwoNamesTheClient() throws IOException {
    try (TestClient client = client()) {
      String addresses =
          "\u0020\u0001\r\u00b8" + "\0".repeat(11) + "\u0007" + "\0".repeat(15) + "\u0001";
      String header = V2_SIGNATURE + "\u0021\u0021\0\u0029" + addresses + "\u009c\u0040\0\u0019";
      client.send(header.substring(0, 20));
      client.send(header.substring(20) + "\u0004\0\u0002xx");
      Provenance provenance = provenanceOfMessage(client.greet());

      assertThat(provenance.peer()).isEqualTo("2001:db8:0:0:0:0:0:7");
      assertThat(provenance.server()).isEqualTo("0:0:0:0:0:0:0:1:25");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY UNKNOWN\r\n", V2_SIGNATURE + "\u0020\0\0\0"})
  void aProxyThatNamesNobodyPassesNoneOfItsRightsOn(String header) throws IOException {
    edge.xclientFrom = List.of("127.0.0.1");
    try (TestClient client = client()) {
      client.send(header);
      client.reply();
      assertThat(client.ehlo()).doesNotContain("XCLIENT");
      Provenance provenance = provenanceOfMessage(client);

      assertThat(provenance.peer()).isEqualTo("127.0.0.1");
      assertThat(provenance.origin()).isEqualTo(Origin.EXTERNAL);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY UNKNOWN\r\n", V2_SIGNATURE + "\u0020\0\0\0"})
  void connectionsWithoutAClientCountAsOneStrangers(String header) throws IOException {
    edge.maxFromOne = 1;
    try (TestClient first = client();
        TestClient second = new TestClient(edge.port())) {
      first.send(header);
      assertThat(first.reply()).startsWith("220 ");

      second.send(header);
      assertThat(second.reply()).isEqualTo(Replies.TOO_MANY_CONNECTIONS_FROM_YOU.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EHLO client.example\r\n",
        "PROXY TCP4 192.0.2.7\r\n",
        "PROXY TCP4 host.example 198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 99999 25\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 1 25\n",
        "PROXY TCP6 2001:db8::1 2001:db8::2 1 25"
            + " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
            + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        V2_SIGNATURE + "\u0031\u0011\0\0",
        V2_SIGNATURE + "\u0021\u0011\0\u0004aaaa",
      })
  void withoutAValidHeaderThereIsNoSession(String header) throws IOException {
    try (TestClient client = client()) {
      client.send(header);
      assertThat(client.reply()).isEqualTo(Replies.BAD_SEQUENCE.toString());
      assertThat(client.reply()).isEqualTo("closed");
    }
    await().untilAsserted(() -> assertThat(edge.ended("protocol")).isEqualTo(1));
  }

  @Test
  void xclientNamesClientAndUser() throws IOException {
    edge.xclientFrom = List.of("127.0.0.1");
    try (TestClient client = new TestClient(edge.start().port()).greet()) {
      assertThat(client.say("XCLIENT ADDR=IPV6:2001:db8::9 NAME=a.example LOGIN=ann"))
          .startsWith("220 mx.example ");
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.BAD_SEQUENCE.toString());
      client.ehlo();
      Provenance provenance = provenanceOfMessage(client);

      assertThat(provenance.peer()).isEqualTo("2001:db8:0:0:0:0:0:9");
      assertThat(provenance.user()).contains("ann");
      assertThat(provenance.origin()).isEqualTo(Origin.INTERNAL);
    }
  }

  @Test
  void whatAProxyMayItsClientsMayNot() throws IOException {
    edge.xclientFrom = List.of("127.0.0.1", "192.0.2.9");
    try (TestClient client = client()) {
      client.send("PROXY TCP4 192.0.2.7 198.51.100.1 40000 25\r\n");
      client.reply();
      assertThat(client.ehlo()).doesNotContain("XCLIENT");
      assertThat(client.say("XCLIENT ADDR=127.0.0.1 LOGIN=ann")).startsWith("5");
    }
    try (TestClient client = new TestClient(edge.port())) {
      client.send("PROXY TCP4 192.0.2.9 198.51.100.1 40000 25\r\n");
      client.reply();
      assertThat(client.ehlo()).contains("XCLIENT");
    }
  }

  @Test
  void xclientTakesAStrangersRightsAway() throws IOException {
    edge.xclientFrom = List.of("127.0.0.1");
    try (TestClient client = new TestClient(edge.start().port()).greet()) {
      client.say("XCLIENT ADDR=192.0.2.8 LOGIN=[UNAVAILABLE]");
      client.ehlo();
      Provenance provenance = provenanceOfMessage(client);

      assertThat(provenance.origin()).isEqualTo(Origin.EXTERNAL);
      assertThat(provenance.user()).isEmpty();
    }
  }

  @Test
  void aClientWithoutAnAddressHasNoRightByTheProxys() throws IOException {
    edge.xclientFrom = List.of("127.0.0.1");
    edge.start();
    for (String attributes :
        List.of("NAME=a.example", "ADDR=[UNAVAILABLE]", "ADDR=[TEMPUNAVAIL]")) {
      try (TestClient client = new TestClient(edge.port()).greet()) {
        assertThat(client.say("XCLIENT " + attributes)).startsWith("220 ");
        assertThat(client.ehlo()).doesNotContain("XCLIENT");
        Provenance provenance = provenanceOfMessage(client);

        assertThat(provenance.peer()).isEqualTo("127.0.0.1");
        assertThat(provenance.origin()).isEqualTo(Origin.EXTERNAL);
      }
    }
    try (TestClient client = new TestClient(edge.port()).greet()) {
      client.say("XCLIENT LOGIN=ann");
      client.ehlo();

      assertThat(provenanceOfMessage(client).user()).contains("ann");
    }
  }

  /// A proxy passes on what its client says from then on.
  @Test
  void whoHasBeenNamedMayNotNameAnother() throws IOException {
    edge.xclientFrom = List.of("127.0.0.1");
    try (TestClient client = new TestClient(edge.start().port()).greet()) {
      client.say("XCLIENT ADDR=192.0.2.8");
      assertThat(client.ehlo()).doesNotContain("XCLIENT");

      assertThat(client.say("XCLIENT ADDR=127.0.0.1 LOGIN=ann")).startsWith("5");
      Provenance provenance = provenanceOfMessage(client);

      assertThat(provenance.peer()).isEqualTo("192.0.2.8");
      assertThat(provenance.origin()).isEqualTo(Origin.EXTERNAL);
    }
  }

  @Test
  void xclientThatCannotBeReadChangesNothing() throws IOException {
    edge.xclientFrom = List.of("127.0.0.1");
    try (TestClient client = new TestClient(edge.start().port()).greet()) {
      assertThat(client.say("XCLIENT ADDR=host.example")).isEqualTo(Replies.SYNTAX.toString());
      assertThat(client.say("XCLIENT COLOUR=red")).isEqualTo(Replies.SYNTAX.toString());
      assertThat(client.say("MAIL FROM:<>")).isEqualTo(Replies.SENDER_OK.toString());
    }
  }
}
