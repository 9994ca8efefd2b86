package io.gatepost.allinone;

import io.gatepost.allinone.log.LogOutput;
import io.gatepost.allinone.start.DataDirectory;
import io.gatepost.allinone.start.Infrastructure;
import io.gatepost.allinone.start.Settings;
import io.gatepost.allinone.start.StopSequence;
import io.gatepost.cli.exit.ExitCode;
import io.gatepost.cli.send.OutgoingMail;
import io.gatepost.cli.send.ThisHost;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine.Command;

/// `train`: starts the suite on ports and a directory that nobody else has, takes one message and
/// stops; without a broker it refuses one. A JVM that is told to (`-XX:AOTCacheOutput`, JEP 514)
/// keeps the classes that this took, loaded and linked, which makes later starts about twice as
/// fast. `bin/gatepost train` calls it.
@Command(name = "train", hidden = true, description = "Starts the suite once, for the JVM to see.")
final class TrainCommand implements Callable<Integer> {

  private static final String MAILBOX = "alice@example.test";
  private static final String NO_MAILBOX = "nobody@example.test";

  private final StopSequence stop;

  TrainCommand(StopSequence stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws IOException {
    stop.add(LogOutput::stop); // the last of all
    Path place = Files.createTempDirectory("gatepost-training");
    stop.add(() -> FileSystemUtils.deleteRecursively(place));
    List<String> anyPorts = List.of("gatepost.edge.listen=127.0.0.1:0", "gatepost.http.port=0");
    Settings settings =
        Settings.read(
            AllInOneApplication.class,
            Optional.empty(),
            Optional.of(place.resolve("data")),
            anyPorts);
    return Infrastructure.isIncluded()
        ? takeOne(settings, anyPorts)
        : refuseOne(settings, anyPorts);
  }

  private int takeOne(Settings settings, List<String> anyPorts) throws IOException {
    DataDirectory directory = stop.add(DataDirectory.open(settings.data()));
    OneProcess suite = OneProcess.start(settings, directory, anyPorts, stop);
    return send(suite.smtp(), MAILBOX).number();
  }

  /// Each service by itself: the edge asks verification, which asks routing.
  private int refuseOne(Settings settings, List<String> anyPorts) throws IOException {
    SixServices suite = SixServices.start(settings, anyPorts, stop);
    ExitCode sent = send(suite.smtp(), NO_MAILBOX);
    return (sent == ExitCode.UNAVAILABLE ? ExitCode.OK : ExitCode.SOFTWARE).number();
  }

  private static ExitCode send(InetSocketAddress server, String to) throws IOException {
    byte[] text = "training".getBytes(StandardCharsets.US_ASCII);
    return OutgoingMail.of(ThisHost.name(), "", List.of(to), text)
        .to(server, line -> {})
        .exitCode();
  }
}
