package io.gatepost.cli.send;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/// An SMTP dialogue between a program's standard streams and the server, passed on as it is
/// (`sendmail -bs`).
public final class ServerPipe {

  private static final int CONNECT_MILLIS = 30_000;

  private ServerPipe() {}

  /// Passes octets both ways until the server closes. The end of the input is told to the server,
  /// which answers what it has and closes. Blocks; a server that cannot be reached or breaks off is
  /// an [IOException].
  public static void run(InetSocketAddress server, InputStream in, OutputStream out)
      throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(server, CONNECT_MILLIS);
      // A virtual thread does not keep the process once the server has closed.
      Thread.ofVirtual().name("input").start(() -> pass(in, socket));
      InputStream replies = socket.getInputStream();
      byte[] octets = new byte[8192];
      for (int read = replies.read(octets); read >= 0; read = replies.read(octets)) {
        out.write(octets, 0, read);
        out.flush();
      }
    }
  }

  private static void pass(InputStream in, Socket socket) {
    try {
      in.transferTo(socket.getOutputStream());
      socket.shutdownOutput();
    } catch (IOException e) {
      // The server has closed, which the reader of its replies sees as well.
    }
  }
}
