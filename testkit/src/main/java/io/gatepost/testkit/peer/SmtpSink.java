package io.gatepost.testkit.peer;

import io.gatepost.embedded.FreePort;
import io.gatepost.testkit.file.LiveFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Postfix's smtp-sink: a next hop that takes everything, one file a message.
public final class SmtpSink implements AutoCloseable {

  private static final int BACKLOG = 256;
  private static final String MESSAGE_ID = "Message-Id: ";

  private final Process process;
  private final int port;
  private final Path messages;

  private SmtpSink(Process process, int port, Path messages) {
    this.process = process;
    this.port = port;
    this.messages = messages;
  }

  /// Starts it on a free port of the loopback address.
  public static SmtpSink start() {
    Peer program = Peer.find("smtp-sink", "postfix");
    try {
      // Started by root it gives up its rights, and whoever it is then has to be able to write.
      Path messages = Files.createTempDirectory("smtp-sink");
      Files.setPosixFilePermissions(messages, PosixFilePermissions.fromString("rwxrwxrwx"));
      int port = FreePort.find();
      List<String> arguments = new ArrayList<>();
      if (System.getProperty("user.name").equals("root")) {
        arguments.addAll(List.of("-u", "nobody"));
      }
      arguments.addAll(List.of("-d", messages + "/%M."));
      arguments.addAll(List.of("127.0.0.1:" + port, String.valueOf(BACKLOG)));
      Process process = program.start(Files.createTempFile("smtp-sink", ".log"), arguments);
      Listening.await(port, process);
      return new SmtpSink(process, port, messages);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it listens.
  public int port() {
    return port;
  }

  /// How many files it has written, or is writing.
  public long count() {
    try (Stream<Path> files = Files.list(messages)) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The Message-ID of each message that has arrived, as often as it has arrived.
  public List<String> messageIds() {
    try (Stream<Path> files = Files.list(messages)) {
      return files.map(SmtpSink::messageId).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    LiveFiles.delete(messages);
  }

  private static String messageId(Path file) {
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith(MESSAGE_ID))
          .findFirst()
          .map(line -> line.substring(MESSAGE_ID.length()))
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
