package io.gatepost.bench.mta;

import io.gatepost.bench.load.Greeting;
import io.gatepost.bench.load.SmtpSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gatepost, all in one, started by its launcher: what is measured is what users run.
///
/// @param home the directory of the launcher
/// @param settings further settings, `key=value`
public record Gatepost(Path home, List<String> settings) implements MailSystem {

  public static final String NAME = "gatepost";

  private static final Pattern READY = Pattern.compile("Gatepost ready: smtp (\\S+):(\\d+) .*");

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> obstacle(Work work) {
    return Files.isExecutable(home.resolve("gatepost"))
        ? Optional.empty()
        : Optional.of("no launcher in " + home);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public RunningSystem start(Site site) throws IOException, InterruptedException {
    Path table = site.directory().resolve("mailertable");
    Files.writeString(
        table,
        "%s smtp:[%s]:%d\n"
            .formatted(
                SmtpSource.DOMAIN,
                site.nextHop().getAddress().getHostAddress(),
                site.nextHop().getPort()));
    Path config = site.directory().resolve("bench.yaml");
    Files.write(config, yaml(table));
    Path log = site.directory().resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
                home.resolve("gatepost").toString(),
                "run",
                "--data",
                site.directory().resolve("data").toString(),
                "--config",
                config.toString(),
                "--smtp-port",
                "0",
                "--http-port",
                "0")
            .redirectError(log.toFile());
    Process process = site.group().start(builder);
    InetSocketAddress smtp = ready(process, log);
    Greeting.await(smtp, process::isAlive);
    return new RunningSystem(smtp, site.group());
  }

  private List<String> yaml(Path table) {
    List<String> lines = new ArrayList<>();
    lines.add("gatepost.edge.hostname: gate.test");
    lines.add("gatepost.edge.relay-from: " + Site.OURS);
    // smtp-source does not start a new session when one has had its share.
    lines.add("gatepost.edge.max-messages: 1000000");
    lines.add("gatepost.edge.max-connections-per-address: 100000");
    lines.add("gatepost.routing.local-domains: " + Site.DOMAIN);
    lines.add("gatepost.routing.mailboxes: " + Site.USER);
    lines.add("gatepost.routing.mailertable: " + table);
    lines.add("gatepost.queue.durability: flushed");
    settings.forEach(setting -> lines.add(setting.replaceFirst("=", ": ")));
    return lines;
  }

  private static InetSocketAddress ready(Process process, Path log) throws IOException {
    BufferedReader output = process.inputReader();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      Matcher matcher = READY.matcher(line);
      if (matcher.matches()) {
        return new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
      }
    }
    throw new IOException("Gatepost does not start:\n" + tail(log));
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
