package io.gatepost.testkit.peer;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A filter on Sendmail's libmilter, written in Python. It says what it was told in a field
/// `X-Told`: client, queue id, recipient, user. What it does else is up to the subject: `change` (a
/// field `X-Old` and one `X-Gone`), `quarantine`, `reject`, `accept`; it lets anything else pass
/// with "continue". One that may replace the body does so where the subject is `body` and a number:
/// with that many lines, each of which begins with a dot, and one of the length of what it was
/// told. Where a subject begins with `held`, a name and a space, it says nothing at the end of the
/// message until it is let go; what follows is a subject as above.
public final class LibMilter implements AutoCloseable {

  private static final Path MODULE = Path.of("/usr/lib/python3/dist-packages/Milter");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  private static final String SCRIPT =
      """
      import Milter, os, sys, time

      # Until it is let go, or as long as a test may run.
      def hold(name):
          place = os.path.join(os.path.dirname(sys.argv[1]), name)
          open(place + ".held", "w").close()
          for i in range(12000):
              if os.path.exists(place + ".go"):
                  return
              time.sleep(0.01)

      class Filter(Milter.Base):
          def connect(self, name, family, address):
              self.client = "%s %s" % (name, address[0] if address else "-")
              return Milter.CONTINUE

          def envfrom(self, sender, *words):
              self.user = self.getsymval("{auth_authen}") or "-"
              self.subject = ""
              self.told = 0
              return Milter.CONTINUE

          def envrcpt(self, recipient, *words):
              self.recipient = self.getsymval("{rcpt_addr}")
              return Milter.CONTINUE

          def header(self, name, value):
              if name == "Subject":
                  self.subject = value
              return Milter.CONTINUE

          def body(self, chunk):
              self.told += len(chunk)
              return Milter.CONTINUE

          def eom(self):
              if self.subject.startswith("held "):
                  name, self.subject = self.subject[5:].split(" ", 1)
                  hold(name)
              self.addheader("X-Told", " ".join(
                  [self.client, self.getsymval("i"), self.recipient, self.user]))
              if self.subject == "change":
                  self.chgheader("X-Old", 2, "new\\n\\tand folded")
                  self.chgheader("X-Gone", 1, "")
              if self.subject.startswith("body "):
                  self.replacebody("was %d\\r\\n" % self.told)
                  self.replacebody((".%s\\r\\n" % ("y" * 61)) * int(self.subject[5:]))
              if self.subject == "quarantine":
                  self.quarantine("looks odd")
              if self.subject == "reject":
                  self.setreply("554", "5.7.1", "100%% no")
                  return Milter.REJECT
              return Milter.ACCEPT if self.subject == "accept" else Milter.CONTINUE

      Milter.factory = Filter
      Milter.set_flags(
          Milter.ADDHDRS + Milter.CHGHDRS + Milter.QUARANTINE
          + (Milter.CHGBODY if "body" in sys.argv else 0))
      Milter.runmilter("test", sys.argv[1], 60)
      """;

  private final Path home;
  private final Process process;

  private LibMilter(Path home, Process process) {
    this.home = home;
    this.process = process;
  }

  /// Starts it on a UNIX socket.
  public static LibMilter start() {
    return start("header");
  }

  /// The same of one that may replace the body.
  public static LibMilter replacing() {
    return start("body");
  }

  private static LibMilter start(String changes) {
    if (!Files.isDirectory(MODULE)) {
      throw Missing.of(MODULE + " is not installed (Debian package python3-milter)");
    }
    try {
      Path home = Files.createTempDirectory("libmilter");
      Files.writeString(home.resolve("filter.py"), SCRIPT);
      Path socket = home.resolve("socket");
      Process process =
          Listening.start(
              new Peer(PYTHON),
              home.resolve("log"),
              List.of(home + "/filter.py", socket.toString(), changes),
              UnixDomainSocketAddress.of(socket));
      return new LibMilter(home, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where it listens, as in settings.
  public String address() {
    return "unix:" + home.resolve("socket");
  }

  /// Waits until it holds a message of this name.
  public void awaitHeld(String name) {
    await(name + " is held by the filter")
        .atMost(PATIENCE)
        .until(() -> Files.exists(home.resolve(name + ".held")));
  }

  /// It goes on with messages of this name.
  public void letGo(String name) {
    try {
      Files.createFile(home.resolve(name + ".go"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    OwnServer.delete(home);
  }
}
