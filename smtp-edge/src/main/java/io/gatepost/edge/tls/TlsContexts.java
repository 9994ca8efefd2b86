package io.gatepost.edge.tls;

import io.gatepost.contract.address.DomainName;
import io.gatepost.contract.setting.SettingException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.Mapping;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/// The server's certificates, by Spring's SSL bundles: one for all, others for the host names that
/// a client may ask for (SNI, RFC 6066 §3). A bundle that is reloaded is used from the next
/// handshake on. TLS 1.2 at least (RFC 8996).
public final class TlsContexts {

  private static final Logger log = LoggerFactory.getLogger(TlsContexts.class);
  private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final long HANDSHAKE_MILLIS = 30_000;
  private static final int MAX_CLIENT_HELLO_OCTETS = 16 * 1024;

  /// Key operations take about a millisecond, which is long for an event loop.
  private final Executor keyOperations =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("tls-", 0).factory());

  private final String bundle;
  private final Map<String, String> bundleByHost;
  private final RelayCertificates relays;
  private final Map<String, Loaded> loaded = new ConcurrentHashMap<>();

  /// @param until when the first certificate of its chains ends
  private record Loaded(SslContext context, Optional<X509TrustManager> trust, Instant until) {}

  /// Reads the bundles and follows their changes; throws [SettingException] where there is no such
  /// bundle, or it cannot be used.
  ///
  /// @param bundle for clients that ask for no host, or for one that has no bundle
  /// @param bundleByHost the others, by host name
  public TlsContexts(
      SslBundles bundles,
      String bundle,
      Map<String, String> bundleByHost,
      RelayCertificates relays) {
    this.bundle = bundle;
    this.bundleByHost = new HashMap<>();
    this.relays = relays;
    bundleByHost.forEach((host, name) -> this.bundleByHost.put(asAsked(host), name));
    follow(bundles, "gatepost.edge.tls.bundle", bundle);
    bundleByHost.forEach((host, name) -> follow(bundles, "gatepost.edge.tls.sni." + host, name));
  }

  /// With a certificate that is made here, for every client.
  public static TlsContexts of(OwnCertificate own) {
    return new TlsContexts(own.bundles(), OwnCertificate.BUNDLE, Map.of(), RelayCertificates.NONE);
  }

  /// Shows for each bundle how long its certificates are good for; below zero: they have ended. A
  /// bundle that could not be read again is the last good one.
  public void measure(MeterRegistry meters, InstantSource clock) {
    loaded
        .keySet()
        .forEach(name ->
            Gauge.builder("gatepost.edge.tls.certificate.expiry", () -> left(name, clock))
                .description("Time until the first certificate of a bundle ends")
                .baseUnit("seconds")
                .tag("bundle", name)
                .register(meters));
  }

  private long left(String name, InstantSource clock) {
    return Duration.between(clock.instant(), loaded(name).until()).toSeconds();
  }

  /// A handler that goes first in a pipeline and does the handshake.
  public ChannelHandler handler() {
    return new Handler(name -> loadedFor(name).context());
  }

  /// The relay that the client of this handshake is, by its certificate.
  public Optional<String> relay(SSLSession session) {
    if (relays.isEmpty()) {
      return Optional.empty();
    }
    try {
      Certificate[] chain = session.getPeerCertificates();
      return relays.relay(chain, loaded(bundle).trust());
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty(); // no certificate: the rule, not the exception
    }
  }

  /// A host's name as clients ask for it: A-labels without a dot at the end (RFC 6066 §3).
  private static String asAsked(String host) {
    try {
      return DomainName.listed(host).text();
    } catch (IllegalArgumentException e) {
      throw new SettingException("gatepost.edge.tls.sni", host, "a host name");
    }
  }

  private Loaded loadedFor(@org.jspecify.annotations.Nullable String host) {
    String name =
        host == null ? bundle : bundleByHost.getOrDefault(host.toLowerCase(Locale.ROOT), bundle);
    return loaded(name);
  }

  private Loaded loaded(String name) {
    return java.util.Objects.requireNonNull(loaded.get(name));
  }

  private void follow(SslBundles bundles, String key, String name) {
    if (loaded.containsKey(name)) {
      return;
    }
    try {
      loaded.put(name, load(bundles.getBundle(name)));
      bundles.addBundleUpdateHandler(name, changed -> reload(name, changed));
    } catch (NoSuchSslBundleException e) {
      throw new SettingException(key, name, "the name of a bundle below spring.ssl.bundle");
    } catch (SSLException | RuntimeException e) {
      throw new SettingException(
          key, name, "a bundle with a key and its certificates: " + e.getMessage());
    }
  }

  private void reload(String name, SslBundle changed) {
    try {
      loaded.put(name, load(changed));
      log.info("tls bundle={} read again", name);
    } catch (SSLException | RuntimeException e) {
      log.error("tls bundle={} cannot be used, the last good one stays", name, e);
    }
  }

  private Loaded load(SslBundle from) throws SSLException {
    SslContextBuilder builder =
        SslContextBuilder.forServer(from.getManagers().getKeyManagerFactory())
            .protocols(PROTOCOLS)
            .trustManager(new AnyClientCertificate())
            .clientAuth(relays.isEmpty() ? ClientAuth.NONE : ClientAuth.OPTIONAL);
    if (from.getOptions().getCiphers() != null) {
      builder.ciphers(List.of(from.getOptions().getCiphers()));
    }
    return new Loaded(builder.build(), trust(from), until(from));
  }

  /// When the first of its certificates ends; [Instant#MAX] where it has none.
  private static Instant until(SslBundle from) throws SSLException {
    KeyStore store = from.getStores().getKeyStore();
    if (store == null) {
      return Instant.MAX;
    }
    Instant first = Instant.MAX;
    try {
      for (String alias : Collections.list(store.aliases())) {
        Certificate[] chain = store.getCertificateChain(alias);
        for (Certificate each : chain == null ? new Certificate[0] : chain) {
          if (each instanceof X509Certificate certificate
              && certificate.getNotAfter().toInstant().isBefore(first)) {
            first = certificate.getNotAfter().toInstant();
          }
        }
      }
    } catch (KeyStoreException e) {
      throw new SSLException("its certificates cannot be read", e);
    }
    return first;
  }

  private static Optional<X509TrustManager> trust(SslBundle from) {
    if (from.getStores().getTrustStore() == null) {
      return Optional.empty(); // the system's authorities vouch for any host, not for relays
    }
    TrustManager[] managers = from.getManagers().getTrustManagers();
    return Arrays.stream(managers)
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .findFirst();
  }

  private final class Handler extends SniHandler {
    Handler(Mapping<String, SslContext> contexts) {
      super(contexts, MAX_CLIENT_HELLO_OCTETS, HANDSHAKE_MILLIS);
    }

    @Override
    protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
      SslHandler handler = context.newHandler(allocator, keyOperations);
      handler.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
      return handler;
    }
  }
}
