package io.gatepost.testkit.scanner;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/// One connection of a [FakeScanner], from the server's side. All calls block; each fails with an
/// [IOException] once the connection is closed.
public final class Talk {

  private static final long DRIP_MILLIS = 20;

  private final SocketChannel connection;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024).limit(0);

  Talk(SocketChannel connection) {
    this.connection = connection;
  }

  /// The next octet, 0 to 255, or -1 where the client sends no more.
  public int read() throws IOException {
    if (!buffer.hasRemaining()) {
      buffer.clear();
      int count = connection.read(buffer);
      buffer.flip();
      if (count < 0) {
        return -1;
      }
    }
    return buffer.get() & 0xff;
  }

  /// Reads octets; throws an [EOFException] where the client sends less.
  public byte[] read(int count) throws IOException {
    byte[] octets = new byte[count];
    int at = 0;
    while (at < count) {
      int next = read();
      if (next < 0) {
        throw new EOFException("%d of %d octets".formatted(at, count));
      }
      octets[at++] = (byte) next;
      int more = Math.min(count - at, buffer.remaining());
      buffer.get(octets, at, more);
      at += more;
    }
    return octets;
  }

  /// An unsigned number of four octets, the highest first; an [EOFException] where the client sends
  /// less.
  public long readNumber() throws IOException {
    return ByteBuffer.wrap(read(4)).getInt() & 0xffff_ffffL;
  }

  /// Reads up to an octet, which is taken too; throws an [EOFException] where it does not come.
  public String readTo(int end) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (int next = read(); next != end; next = read()) {
      if (next < 0) {
        throw new EOFException("\"%s\"".formatted(octets.toString(StandardCharsets.ISO_8859_1)));
      }
      octets.write(next);
    }
    return octets.toString(StandardCharsets.ISO_8859_1);
  }

  /// The next line without its CRLF or LF.
  public String readLine() throws IOException {
    String line = readTo('\n');
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  /// All that the client sends until it closes its side.
  public byte[] readToEnd() throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    for (int next = read(); next >= 0; next = read()) {
      octets.write(next);
      octets.write(buffer.array(), buffer.position(), buffer.remaining());
      buffer.position(buffer.limit());
    }
    return octets.toByteArray();
  }

  /// Sends octets.
  public void write(byte[] octets) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(octets);
    while (out.hasRemaining()) {
      connection.write(out);
    }
  }

  /// Sends text in ISO 8859-1.
  public void write(String text) throws IOException {
    write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /// Takes whatever comes and says nothing, until the client closes.
  public void awaitEnd() throws IOException {
    while (read() >= 0) {
      buffer.position(buffer.limit());
    }
  }

  /// Sends an octet now and then, for ever. Where a client has closed its side only, this is how it
  /// is found out that it has left: by the failure of this.
  public void drip(int octet) throws IOException {
    try {
      while (true) {
        write(new byte[] {(byte) octet});
        Thread.sleep(DRIP_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
