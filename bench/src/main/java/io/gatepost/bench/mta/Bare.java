package io.gatepost.bench.mta;

import io.gatepost.bench.load.BareServer;
import io.gatepost.bench.load.Greeting;
import io.gatepost.embedded.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/// No mail system, but [BareServer]: an upper bound for what the generators can measure.
public record Bare() implements MailSystem {

  public static final String NAME = "bare";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> obstacle(Work work) {
    return switch (work) {
      case RELAY, EARLY, SCAN, QUEUE, CALLOUT -> Optional.of("relays nothing");
      case LISTS, MIX -> Optional.of("looks nothing up");
      case REJECT, IDLE -> Optional.empty();
    };
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public RunningSystem start(Site site) throws IOException {
    InetSocketAddress smtp =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), FreePort.find());
    Process process =
        site.group()
            .start(
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx128m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BareServer.class.getName(),
                        smtp.getAddress().getHostAddress(),
                        Integer.toString(smtp.getPort()))
                    .redirectErrorStream(true)
                    .redirectOutput(site.directory().resolve("log").toFile()));
    Greeting.await(smtp, process::isAlive);
    return new RunningSystem(smtp, Optional.empty(), site);
  }
}
