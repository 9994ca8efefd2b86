package io.gatepost.scanner.body;

import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.scanning.Replacement;
import io.gatepost.contract.setting.SettingException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.core.io.buffer.DataBuffer;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/// The bodies that wait for their readers: a bounded number, each for a bounded time. They are lost
/// with the process; the client is then asked to come again.
public final class Replacements {

  /// How long a body is kept: longer than the slowest of the other scanners takes.
  public static final Duration LIFETIME = Duration.ofMinutes(5);

  private static final int TOKEN_OCTETS = 16;

  private final Path directory;
  private final long maxOctets;
  private final int most;
  private final Duration lifetime;
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<String, Kept> kept = new ConcurrentHashMap<>();

  private record Kept(BodySpool spool, Disposable timer) {}

  /// @param directory for bodies of more than 64 KiB
  /// @param maxOctets of one message
  /// @param most at a time
  public Replacements(Path directory, long maxOctets, int most, Duration lifetime) {
    this.directory = directory;
    this.maxOctets = maxOctets;
    this.most = most;
    this.lifetime = lifetime;
  }

  /// The same by settings; throws [SettingException] where the directory is none.
  ///
  /// @param key of the directory
  public static Replacements in(String key, String directory, long maxOctets, int most) {
    try {
      Path path = Path.of(directory);
      if (BodySpool.isUsable(path)) {
        return new Replacements(path, maxOctets, most, LIFETIME);
      }
    } catch (InvalidPathException _) {
      // told below
    }
    throw new SettingException(key, directory, "a directory that may be written to");
  }

  /// Begins a body; fails with [IOException] where there are too many. Ends with [#keep] or
  /// [BodySpool#discard].
  public BodySpool begin() throws IOException {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      throw new IOException(most + " bodies are kept already");
    }
    return new BodySpool(directory, maxOctets, open::decrementAndGet);
  }

  /// Keeps a body that is complete until it is read, discarded, or its time is over.
  public Replacement keep(BodySpool spool) {
    byte[] octets = new byte[TOKEN_OCTETS];
    random.nextBytes(octets);
    String token = HexFormat.of().formatHex(octets);
    Replacement replacement = new Replacement(token, spool.octets());
    Disposable.Swap timer = Disposables.swap();
    kept.put(token, new Kept(spool, timer));
    timer.update(
        Schedulers.parallel()
            .schedule(() -> discard(token), lifetime.toMillis(), TimeUnit.MILLISECONDS));
    return replacement;
  }

  /// Gives a body, once. Fails with `NOT_FOUND` where there is none, or none any more.
  public Flux<DataBuffer> take(String token) {
    return Flux.defer(() -> {
      Kept body = kept.remove(token);
      if (body == null) {
        return Flux.error(new RpcException(RpcStatus.NOT_FOUND, "no such replacement"));
      }
      body.timer.dispose();
      return body.spool
          .read()
          .onErrorMap(
              IOException.class,
              e -> new RpcException(RpcStatus.UNAVAILABLE, "body: " + e.getMessage(), e));
    });
  }

  /// Drops a body that nobody will ask for.
  public void discard(String token) {
    Kept body = kept.remove(token);
    if (body != null) {
      body.timer.dispose();
      body.spool.discard();
    }
  }

  /// How many bodies there are, those that are still coming in among them.
  public int open() {
    return open.get();
  }
}
