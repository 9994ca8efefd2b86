package io.gatepost.routing.dns;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The addresses of this machine's interfaces, without loopback and link-local ones, to which no
/// mail goes anyway. Read again after a minute, when they are asked for; never on the caller's
/// thread but for the first time.
public final class InterfaceAddresses implements Supplier<Set<InetAddress>> {

  private static final Logger log = LoggerFactory.getLogger(InterfaceAddresses.class);
  private static final long MAX_AGE = Duration.ofMinutes(1).toNanos();

  private final AtomicLong readAt = new AtomicLong(System.nanoTime());
  private volatile Set<InetAddress> known = Set.of();

  public InterfaceAddresses() {
    read();
  }

  @Override
  public Set<InetAddress> get() {
    long before = readAt.get();
    long now = System.nanoTime();
    if (now - before > MAX_AGE && readAt.compareAndSet(before, now)) {
      Thread.startVirtualThread(this::read);
    }
    return known;
  }

  private void read() {
    try {
      known =
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
              .collect(Collectors.toUnmodifiableSet());
    } catch (SocketException e) {
      log.warn("this machine's addresses cannot be read, those known stay: {}", e.getMessage());
    }
  }
}
