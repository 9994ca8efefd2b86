package io.gatepost.bench.load;

import io.gatepost.bench.measure.ProcessGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import tools.jackson.databind.json.JsonMapper;

/// One of our generators, in a JVM of its own: takes orders, a line each, and answers each with one
/// line when it has carried it out.
public final class LoadProcess implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter orders;

  private LoadProcess(Process process) {
    this.process = process;
    this.answers = process.inputReader();
    this.orders = new PrintWriter(process.outputWriter(), true);
  }

  /// Starts a generator.
  ///
  /// @param generator has a `main` that takes host and port, and [#serve]s
  public static LoadProcess start(ProcessGroup load, Class<?> generator, InetSocketAddress server)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xms128m",
            "-Xmx128m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            generator.getName(),
            server.getAddress().getHostAddress(),
            Integer.toString(server.getPort()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    return new LoadProcess(load.start(builder));
  }

  /// Gives an order, and waits for what comes of it.
  public <T> T order(Class<T> type, Object... words) throws IOException {
    orders.println(String.join(" ", List.of(words).stream().map(Object::toString).toList()));
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the generator has ended (its message is above)");
    }
    return JSON.readValue(answer, type);
  }

  /// The generator's side: carries out orders until there are no more.
  public static void serve(Function<String[], Object> generator) {
    PrintStream output = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        output.println(JSON.writeValueAsString(generator.apply(line.split(" "))));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The same for a generator that has something to do between orders, again and again.
  public static void serve(Function<String[], Object> generator, Runnable between) {
    BlockingQueue<Runnable> orders = new LinkedBlockingQueue<>();
    AtomicBoolean ended = new AtomicBoolean();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          serve(words -> {
            FutureTask<Object> order = new FutureTask<>(() -> generator.apply(words));
            orders.add(order);
            try {
              return order.get();
            } catch (InterruptedException | ExecutionException e) {
              throw new IllegalStateException(e);
            }
          });
          ended.set(true);
        });
    while (!ended.get()) {
      Runnable order = orders.poll();
      (order == null ? between : order).run();
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
