package io.gatepost.bench.load;

import io.gatepost.bench.measure.Pause;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Waiting until an SMTP server greets.
public final class Greeting {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int SOCKET_MILLIS = 5_000;

  private Greeting() {}

  /// Returns when it does; fails where it has not within a minute, or where its process has ended.
  public static void await(InetSocketAddress server, BooleanSupplier alive) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end && alive.getAsBoolean() && !Thread.interrupted()) {
      String line = greeting(server);
      if (line != null && line.startsWith("220")) {
        return;
      }
      Pause.millis(50);
    }
    throw new IOException("nobody greets at " + Programs.text(server));
  }

  private static @Nullable String greeting(InetSocketAddress server) {
    try (Socket socket = new Socket()) {
      socket.connect(server, SOCKET_MILLIS);
      socket.setSoTimeout(SOCKET_MILLIS);
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String line = reader.readLine();
      socket.getOutputStream().write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      reader.readLine();
      return line;
    } catch (IOException e) {
      return null; // not yet
    }
  }
}
