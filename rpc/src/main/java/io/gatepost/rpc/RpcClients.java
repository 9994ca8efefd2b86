package io.gatepost.rpc;

import io.gatepost.contract.rpc.Deadline;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.verification.Verification;
import io.gatepost.contract.wire.ContractJson;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ProblemDetail;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ClientCodecConfigurer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// Makes the proxies through which a service calls a port in another process. A proxy fails with
/// [RpcException] as the port itself would; a service that cannot be reached is `UNAVAILABLE`, and
/// a call that breaks off before its answer is `UNKNOWN`.
public final class RpcClients implements AutoCloseable {

  /// Above the log's record limit of 8 MiB.
  static final int MAX_IN_MEMORY_OCTETS = 9 * 1024 * 1024;

  /// Connections to one service. A body that streams at a client's speed holds one all the while,
  /// so there are more of them than calls that a service could work on.
  private static final int MAX_CONNECTIONS = 4_096;

  /// Below the least `gatepost.http.idle-timeout`: a service closes none that is about to be used.
  private static final Duration MAX_IDLE = Duration.ofSeconds(30);

  private static final int MAX_WAITING_CALLS = 16_384;

  /// A host that is gone does not refuse a connection: it says nothing.
  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

  private final RpcProperties properties;
  private final Breakers breakers;
  private final AddressLookup lookup;
  private final InstanceMeters meters;
  private final ObservationRegistry observations;
  private final Map<String, Balancer> balancers = new ConcurrentHashMap<>();
  private final Queue<Instances> made = new ConcurrentLinkedQueue<>();

  RpcClients(
      RpcProperties properties,
      Breakers breakers,
      AddressLookup lookup,
      MeterRegistry meters,
      ObservationRegistry observations) {
    this.properties = properties;
    this.breakers = breakers;
    this.lookup = lookup;
    this.meters = new InstanceMeters(meters);
    this.observations = observations;
  }

  /// Makes clients outside a Spring context, with breakers of the library's own defaults.
  public static RpcClients standalone(RpcProperties properties) {
    TimeLimiterConfig limit =
        TimeLimiterConfig.custom().timeoutDuration(properties.timeout()).build();
    return new RpcClients(
        properties,
        new Breakers(CircuitBreakerRegistry.ofDefaults(), TimeLimiterRegistry.of(limit)),
        new SystemLookup(),
        new SimpleMeterRegistry(),
        ObservationRegistry.NOOP);
  }

  /// Makes a proxy for a port of a service at its configured address.
  public <T> T port(Class<T> port, Service service) {
    return port(port, service, service.base(properties));
  }

  /// Makes a proxy for a port of a service at a base URL. All addresses of its host are instances
  /// of the service. Throws [io.gatepost.contract.setting.SettingException] where there is no token
  /// for it.
  public <T> T port(Class<T> port, Service service, URI base) {
    String token = properties.tokenFor(service);
    Balancer balancer =
        balancers.computeIfAbsent(
            service.text() + "@" + base.getAuthority(), any -> balancer(service, base));
    WebClient client =
        WebClient.builder()
            .baseUrl(base.toString())
            .clientConnector(new InstanceConnector())
            .codecs(RpcClients::configure)
            .filter((request, next) -> call(token, request, next))
            .observationRegistry(observations)
            .build();
    T proxy =
        HttpServiceProxyFactory.builderFor(WebClientAdapter.create(client))
            .exchangeAdapterDecorator(
                adapter -> new Calls(adapter, base, balancer, properties.token()))
            .build()
            .createClient(port);
    return port == Verification.class
        ? port.cast(new SpreadVerification((Verification) proxy, balancer))
        : proxy;
  }

  private Balancer balancer(Service service, URI base) {
    Instances instances = instances(service, base);
    made.add(instances);
    return new Balancer(
        instances,
        breakers.limit(service),
        meters.service(service, instances, Instances::known, Instances::leftAlone));
  }

  private Instances instances(Service service, URI base) {
    String host = base.getHost();
    if (isAddress(host)) {
      return Instances.fixed(
          service,
          host,
          instance(
              service,
              base.getAuthority(),
              connections -> HttpClient.create(connections),
              () -> {}));
    }
    int port = base.getPort() >= 0 ? base.getPort() : "https".equals(base.getScheme()) ? 443 : 80;
    return Instances.named(
        service,
        host,
        lookup,
        address -> {
          OneAddress resolver = new OneAddress(address);
          return instance(
              service,
              text(address) + ":" + port,
              connections -> HttpClient.create(connections).resolver(resolver),
              resolver::close);
        },
        properties.lookupInterval());
  }

  /// @param name its address and port
  /// @param closing is run when its connections are closed
  private Instance instance(
      Service service,
      String name,
      Function<ConnectionProvider, HttpClient> http,
      Runnable closing) {
    ConnectionProvider connections =
        ConnectionProvider.builder("rpc-" + service.text() + "-" + name)
            .maxConnections(MAX_CONNECTIONS)
            .maxIdleTime(MAX_IDLE)
            .pendingAcquireMaxCount(MAX_WAITING_CALLS)
            .pendingAcquireTimeout(properties.timeout())
            .build();
    Instance instance =
        new Instance(
            name,
            new ReactorClientHttpConnector(
                http.apply(connections)
                    .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)),
            breakers.of(service, name),
            meters.instance(service, name),
            () -> connections.disposeLater().doFinally(signal -> closing.run()).subscribe());
    instance.onRetirement(() -> {
      breakers.forget(service, name);
      meters.remove(service, name);
    });
    meters.outstanding(service, instance);
    return instance;
  }

  static boolean isAddress(String host) {
    return host.startsWith("[") || NetUtil.isValidIpV4Address(host);
  }

  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    return address instanceof Inet6Address ? "[" + text + "]" : text;
  }

  /// Ends the look-ups of names.
  @Override
  public void close() {
    made.forEach(Instances::close);
    lookup.close();
  }

  private static void configure(ClientCodecConfigurer codecs) {
    codecs.defaultCodecs().maxInMemorySize(MAX_IN_MEMORY_OCTETS);
    codecs.defaultCodecs().jacksonJsonEncoder(new JacksonJsonEncoder(ContractJson.MAPPER));
    codecs.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(ContractJson.MAPPER));
    FrameCodecs.register(codecs.customCodecs());
  }

  /// Sends what every call carries, and turns an answer that tells of a failure into that failure.
  private Mono<ClientResponse> call(String token, ClientRequest request, ExchangeFunction next) {
    return Mono.deferContextual(
            context -> {
              ClientRequest.Builder builder = ClientRequest.from(request);
              if (Deadline.isSet(context)) {
                builder.header(
                    DeadlineHeader.NAME,
                    DeadlineHeader.write(Deadline.left(context, properties.timeout())));
              }
              if (!token.isEmpty()) {
                builder.header(HttpHeaders.AUTHORIZATION, "Bearer " + token);
              }
              ContentPass.of(context)
                  .ifPresent(pass -> builder.header(ContentPass.HEADER, pass.text()));
              return next.exchange(builder.build());
            })
        .flatMap(response ->
            response.statusCode().isError() ? failure(request, response) : Mono.just(response));
  }

  private static Mono<ClientResponse> failure(ClientRequest request, ClientResponse response) {
    RpcStatus status = RpcStatus.ofHttp(response.statusCode().value());
    String unsaid =
        status == RpcStatus.PERMISSION_DENIED
            ? "the Host " + request.url().getHost() + " is not known there (gatepost.rpc.hosts)"
            : "no problem detail";
    return response
        .bodyToMono(ProblemDetail.class)
        .map(problem -> String.valueOf(problem.getDetail()))
        .onErrorReturn(unsaid)
        .defaultIfEmpty(unsaid)
        .flatMap(detail ->
            Mono.error(new RpcException(status, request.url().getPath() + ": " + detail)));
  }
}
