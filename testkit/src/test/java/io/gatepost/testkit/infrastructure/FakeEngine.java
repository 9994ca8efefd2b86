package io.gatepost.testkit.infrastructure;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Scanner;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A Docker engine of which only the images are there. One that is silent takes requests and says
/// nothing.
final class FakeEngine implements AutoCloseable {

  final Set<String> images = ConcurrentHashMap.newKeySet();
  final Set<String> registry = ConcurrentHashMap.newKeySet();
  final List<String> requests = new CopyOnWriteArrayList<>();
  volatile boolean isSilent;

  private final ServerSocketChannel server;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();

  FakeEngine(Path socket) throws IOException {
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread.ofVirtual().start(this::serve);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel client : open) {
      client.close();
    }
  }

  private void serve() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        open.add(client);
        String request = new Scanner(Channels.newInputStream(client), US_ASCII).nextLine();
        requests.add(request);
        if (!isSilent) {
          String answer = "HTTP/1.0 " + answer(request.split(" ")) + "\r\n\r\n{}\n";
          client.write(ByteBuffer.wrap(answer.getBytes(US_ASCII)));
          client.close();
        }
      }
    } catch (ClosedChannelException e) {
      // The end of the test.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer(String[] request) {
    String path = request[1];
    if (path.equals("/_ping")) {
      return "200 OK";
    }
    if (path.startsWith("/images/create?fromImage=")) {
      String image = java.net.URLDecoder.decode(path.substring(path.indexOf('=') + 1), US_ASCII);
      if (registry.contains(image)) {
        images.add(image);
      }
      return "200 OK"; // the end of the answer says that it failed, as Docker's does
    }
    String image = path.substring("/images/".length(), path.length() - "/json".length());
    return images.contains(image) ? "200 OK" : "404 Not Found";
  }
}
