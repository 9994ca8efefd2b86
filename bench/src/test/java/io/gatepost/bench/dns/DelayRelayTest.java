package io.gatepost.bench.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.bench.load.LoadProcess;
import io.gatepost.bench.measure.ProcessGroups;
import io.gatepost.embedded.FreePort;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DelayRelayTest {

  private static final int MILLIS = 200;
  private static final int PATIENCE_MILLIS = 30_000;

  @Test
  void anAnswerComesLaterAndWithTheNumberOfItsQuestion() throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    InetSocketAddress relay = new InetSocketAddress(loopback, FreePort.find());
    try (ProcessGroups groups = ProcessGroups.open();
        DatagramSocket server = new DatagramSocket(new InetSocketAddress(loopback, 0));
        DatagramSocket client = new DatagramSocket(new InetSocketAddress(loopback, 0));
        LoadProcess process = LoadProcess.start(groups.group("relay"), DelayRelay.class, relay)) {
      process.order(DelayRelay.Aim.class, server.getLocalPort(), MILLIS);
      server.setSoTimeout(PATIENCE_MILLIS);
      client.setSoTimeout(PATIENCE_MILLIS);
      byte[] question = {12, 34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 'q'};

      long begin = System.nanoTime();
      client.send(new DatagramPacket(question, question.length, relay));
      DatagramPacket passed = new DatagramPacket(new byte[100], 100);
      server.receive(passed);
      server.send(passed);
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      client.receive(answer);

      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin))
          .isGreaterThanOrEqualTo(MILLIS);
      assertThat(answer.getLength()).isEqualTo(question.length);
      assertThat(answer.getData()).startsWith(question);
    }
  }
}
