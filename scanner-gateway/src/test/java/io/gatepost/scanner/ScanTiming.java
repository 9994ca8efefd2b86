package io.gatepost.scanner;

import com.sun.management.OperatingSystemMXBean;
import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.scanning.ScanDecision;
import io.gatepost.contract.scanning.ScanReport;
import io.gatepost.contract.scanning.ScanTerms;
import io.gatepost.scanner.clamd.ClamdScanner;
import io.gatepost.scanner.plan.Plan;
import io.gatepost.scanner.plan.TotalRule;
import io.gatepost.scanner.schedule.ScheduledScanner;
import io.gatepost.scanner.socket.ScannerAddress;
import io.netty.channel.EventLoop;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;

/// Cost of asking clamd, or a server that speaks as it does, without the mail: CPU and time of this
/// process for each scan, round by round. Clients ask as sessions do, from event loops, each about
/// a new message of 20 KiB when it has the answer about the last.
///
/// Run by its `main`, with the server's address, the number of rounds, scans in each of them,
/// clients, and slots: `127.0.0.1:3310 8 50000 20 4`.
final class ScanTiming {

  private static final String BODY = "0" + "X".repeat(77) + "\r\n";
  private static final int LINES = 256;
  private static final String OWN = "Received: from client.test by server.test; now\r\n";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ScanService service;
  private final String body = BODY.repeat(LINES);
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicInteger unexpected = new AtomicInteger();

  private ScanTiming(ScanService service) {
    this.service = service;
  }

  /// @param arguments as above
  public static void main(String[] arguments) throws InterruptedException {
    int rounds = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    int clients = Integer.parseInt(arguments[3]);
    int slots = Integer.parseInt(arguments[4]);
    Scheduling scheduling = new Scheduling();
    scheduling.slots = slots;
    scheduling.cacheSize = 10_000;
    try (ScheduledScanner scanner =
        scheduling.of(new ClamdScanner(ScannerAddress.of("address", arguments[0]), slots))) {
      scanner.start();
      while (scanner.version().version().isEmpty()) { // else there is no digest, and no cache
        Thread.sleep(10);
      }
      ScanTiming timing =
          new ScanTiming(
              new ScanService(
                  List.of(scanner),
                  new Plan(TotalRule.NONE),
                  Messages.holding(Flux::never),
                  scheduling.digests));
      for (int round = 0; round < rounds; round++) {
        timing.round(count, clients);
      }
    }
  }

  private void round(int count, int clients) throws InterruptedException {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    left.set(count);
    CountDownLatch done = new CountDownLatch(clients);
    long cpu = system.getProcessCpuTime();
    long time = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      EventLoop loop = (EventLoop) TcpResources.get().onServer(LoopResources.DEFAULT_NATIVE).next();
      loop.execute(() -> next(loop, done));
    }
    done.await();
    cpu = system.getProcessCpuTime() - cpu;
    time = System.nanoTime() - time;
    System.out.printf(
        "%.1f us of CPU and %.1f us a scan, %d not clean, load %.1f%n",
        cpu / 1e3 / count, time / 1e3 / count, unexpected.get(), system.getSystemLoadAverage());
  }

  private void next(EventLoop loop, CountDownLatch done) {
    int number = left.getAndDecrement();
    if (number <= 0) {
      done.countDown();
      return;
    }
    String message =
        "%sMessage-ID: <%d.%d@client.test>\r\n\r\n%s"
            .formatted(OWN, number, System.nanoTime(), body);
    Deadline.within(
            PATIENCE, service.scan(Messages.inMemory(message), ScanTerms.online(OWN.length())))
        .map(ScanReport::decision)
        .onErrorReturn(new ScanDecision.Owe("no answer"))
        .subscribe(decision -> {
          if (!decision.equals(ScanDecision.CLEAN)) {
            unexpected.incrementAndGet();
          }
          loop.execute(() -> next(loop, done));
        });
  }
}
