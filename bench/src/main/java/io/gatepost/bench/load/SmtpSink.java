package io.gatepost.bench.load;

import io.gatepost.bench.measure.ProcessGroup;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Postfix's `smtp-sink`: the next hop of every system. It writes its running count into a file,
/// where looking at it costs nobody a context switch.
public final class SmtpSink implements AutoCloseable {

  private static final String PROGRAM = "smtp-sink";
  private static final int BACKLOG = 1024;
  private static final int TAIL = 200;
  private static final Pattern COUNT = Pattern.compile("mesg=(\\d+)\\r");

  private final Process process;
  private final Path counter;
  private final InetSocketAddress address;

  private SmtpSink(Process process, Path counter, InetSocketAddress address) {
    this.process = process;
    this.counter = counter;
    this.address = address;
  }

  /// Starts one, and returns when it listens.
  ///
  /// @param directory for its counter's file
  public static SmtpSink start(ProcessGroup load, Path directory)
      throws IOException, InterruptedException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    return start(load, directory, address);
  }

  /// The same at a given address.
  public static SmtpSink start(ProcessGroup load, Path directory, InetSocketAddress address)
      throws IOException, InterruptedException {
    Path counter = directory.resolve("sink-" + address.getPort() + ".count");
    List<String> command = new ArrayList<>(List.of(Programs.find(PROGRAM)));
    if (Programs.isRoot()) {
      command.addAll(List.of("-u", "nobody"));
    }
    command.addAll(List.of("-c", Programs.text(address), Integer.toString(BACKLOG)));
    Process process =
        load.start(
            new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(counter.toFile()));
    SmtpSink sink = new SmtpSink(process, counter, address);
    Greeting.await(address, process::isAlive);
    return sink;
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return address;
  }

  /// How many messages it has taken since it was started.
  public long messages() {
    try (RandomAccessFile file = new RandomAccessFile(counter.toFile(), "r")) {
      byte[] tail = new byte[(int) Math.min(TAIL, file.length())];
      file.seek(file.length() - tail.length);
      file.readFully(tail);
      Matcher matcher = COUNT.matcher(new String(tail, StandardCharsets.ISO_8859_1));
      long last = 0;
      while (matcher.find()) {
        last = Long.parseLong(matcher.group(1));
      }
      return last;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
