package io.gatepost.rpc;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpResources;
import reactor.netty.resources.LoopResources;

/// Addresses by the system's own sources: its hosts file, and the name servers and search domains
/// of its resolver's configuration. Nothing is kept: an engine's name server may give its answers
/// ten minutes to live, and instances come and go in seconds.
final class SystemLookup implements AddressLookup {

  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(2);

  private final DnsServerAddressStreamProvider servers;
  private @Nullable DnsNameResolver resolver;

  SystemLookup() {
    this(DnsServerAddressStreamProviders.platformDefault());
  }

  /// @param servers who is asked what the hosts file does not tell
  SystemLookup(DnsServerAddressStreamProvider servers) {
    this.servers = servers;
  }

  @Override
  public Mono<List<InetAddress>> addresses(String host) {
    return Mono.create(sink ->
        resolver()
            .resolveAll(host)
            .addListener(done -> {
              if (done.isSuccess()) {
                @SuppressWarnings("unchecked") // the listener's future is that of resolveAll
                List<InetAddress> found = (List<InetAddress>) done.getNow();
                sink.success(found);
              } else {
                sink.error(done.cause());
              }
            }));
  }

  /// Made when the first name is asked for, as most settings have addresses.
  private synchronized DnsNameResolver resolver() {
    DnsNameResolver made = resolver;
    if (made == null) {
      LoopResources loops = HttpResources.get();
      EventLoopGroup group = loops.onClient(LoopResources.DEFAULT_NATIVE);
      made =
          new DnsNameResolverBuilder(group.next())
              .datagramChannelType(loops.onChannelClass(DatagramChannel.class, group))
              .socketChannelType(loops.onChannelClass(SocketChannel.class, group))
              .nameServerProvider(servers)
              .queryTimeoutMillis(QUERY_TIMEOUT.toMillis())
              .resolveCache(NoopDnsCache.INSTANCE)
              .cnameCache(NoopDnsCnameCache.INSTANCE)
              .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
              .build();
      resolver = made;
    }
    return made;
  }

  @Override
  public synchronized void close() {
    if (resolver != null) {
      resolver.close();
    }
  }
}
