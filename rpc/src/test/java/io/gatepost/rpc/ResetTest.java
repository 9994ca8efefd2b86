package io.gatepost.rpc;

import static io.gatepost.rpc.RpcFixture.ID;
import static io.gatepost.rpc.RpcFixture.LONG;
import static io.gatepost.rpc.RpcFixture.REQUEST;
import static io.gatepost.rpc.RpcFixture.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.event.AppendLimit;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.RpcStatus;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A service that dies with a call that it has got: the connection is reset. The HTTP client makes
/// no call again by itself, as the service may have done what was asked.
class ResetTest {

  private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: (\\d+)");

  private final Collection<String> calls = new ConcurrentLinkedQueue<>();
  private ServerSocket listener;
  private RpcClients clients;

  @BeforeEach
  void start() throws IOException {
    listener = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
    clients = RpcClients.standalone(RpcServer.client("", LONG));
    Thread.startVirtualThread(this::listen);
  }

  @AfterEach
  void stop() throws IOException {
    clients.close();
    listener.close();
  }

  private void listen() {
    while (!listener.isClosed()) {
      try {
        Socket caller = listener.accept();
        Thread.startVirtualThread(() -> takeAndReset(caller));
      } catch (IOException e) {
        return; // the test is over
      }
    }
  }

  private void takeAndReset(Socket caller) {
    try (caller) {
      InputStream in = caller.getInputStream();
      StringBuilder header = new StringBuilder();
      while (header.indexOf("\r\n\r\n") < 0) {
        int octet = in.read();
        if (octet < 0) {
          return;
        }
        header.append((char) octet);
      }
      Matcher length = LENGTH.matcher(header);
      if (length.find()) {
        in.readNBytes(Integer.parseInt(length.group(1)));
      }
      calls.add(header.substring(0, header.indexOf("\r\n")));
      caller.setSoLinger(true, 0);
    } catch (IOException e) {
      calls.add(e.toString());
    }
  }

  private <T> T port(Class<T> type, Service service) {
    return clients.port(type, service, URI.create("http://127.0.0.1:" + listener.getLocalPort()));
  }

  @Test
  void whatEnqueuesIsSentOnce() {
    Queue queue = port(Queue.class, Service.QUEUE);

    assertFails(
        RpcStatus.UNKNOWN,
        queue.enqueue(Messages.small(ID), new AppendLimit(Instant.now().plusSeconds(60))));

    assertThat(calls).containsExactly("POST /gatepost.queue.v1.Queue/Enqueue HTTP/1.1");
  }

  @Test
  void whatDeliversIsSentOnce() {
    Delivery delivery = port(Delivery.class, Service.DELIVERY);

    assertFails(RpcStatus.UNKNOWN, delivery.withdraw(ID));

    assertThat(calls).hasSize(1);
  }

  /// It has one instance here: repeats are made at another.
  @Test
  void aQuestionIsSentOnceToAnInstance() {
    assertFails(RpcStatus.UNKNOWN, port(Routing.class, Service.ROUTING).route(REQUEST));

    assertThat(calls).hasSize(1);
    assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(calls.iterator().next())).isTrue();
  }
}
