package io.gatepost.scanner.socket;

import io.gatepost.scanner.scan.MessageView;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/// HTTP to one scanner. Each request has a connection of its own, and there are no more of them
/// than there are slots and a few: a scanner that is restarted, or that stops in the middle of an
/// answer, leaves nothing behind. A message is sent in chunks while it is read, at the scanner's
/// speed; an answer is read up to [#MAX_ANSWER] octets. Nothing is sent twice. Times are the
/// caller's; a request that is cancelled closes its connection.
public final class ScannerHttp {

  /// The longest answer, in octets.
  public static final int MAX_ANSWER = 1024 * 1024;

  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);

  /// For questions about the version, and connections that are about to be closed.
  private static final int SPARE_CONNECTIONS = 8;

  /// Reactor Netty takes up to 128 pieces before the first has left.
  private static final int PIECE = 8 * 1024;

  private final URI url;
  private final WebClient client;

  /// @param url of the scanner; the paths of requests are added to it
  /// @param slots how many messages are scanned at a time
  @SuppressWarnings("deprecation") // AUTO_CLOSE: see "hearing"
  public ScannerHttp(URI url, int slots) {
    this.url = url;
    ConnectionProvider connections =
        ConnectionProvider.builder("scanner-http")
            .maxConnections(slots + SPARE_CONNECTIONS)
            .pendingAcquireMaxCount(slots + SPARE_CONNECTIONS)
            .pendingAcquireTimeout(MAX_WAIT)
            .build();
    HttpClient http =
        HttpClient.create(connections)
            .keepAlive(false)
            .disableRetry(true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            .option(ChannelOption.AUTO_CLOSE, false);
    this.client =
        WebClient.builder()
            .clientConnector(hearing(new ReactorClientHttpConnector(http)))
            .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(MAX_ANSWER))
            .defaultHeader(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE)
            .build();
  }

  /// An answer, whatever its status.
  public record Answer(int status, HttpHeaders headers, byte[] body) {

    /// The beginning of the body, to be shown in a log.
    public String beginning() {
      String text = new String(body, 0, Math.min(body.length, 120), StandardCharsets.UTF_8);
      return text.replaceAll("\\p{Cntrl}+", " ").strip();
    }
  }

  public URI url() {
    return url;
  }

  /// Asks for something. Fails as [#post] does.
  ///
  /// @param path added to the URL; may be empty
  public Mono<Answer> get(String path, Consumer<HttpHeaders> headers) {
    return answer(client.get().uri(at(path)).headers(headers));
  }

  /// Sends a message. Fails with [ScannerFailedException] where there is no connection, where it
  /// breaks off, and where the answer is too long; with whatever the content fails with where that
  /// cannot be read, and then the scanner sees the request break off.
  public Mono<Answer> post(String path, MessageView content, Consumer<HttpHeaders> headers) {
    Flux<DataBuffer> octets =
        content
            .octets()
            .onErrorMap(UnreadableException::new)
            .concatMapIterable(ScannerHttp::pieces, 1);
    return answer(
        client.post().uri(at(path)).headers(headers).body(BodyInserters.fromDataBuffers(octets)));
  }

  private URI at(String path) {
    String base = url.toString();
    return path.isEmpty()
        ? url
        : URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path);
  }

  private Mono<Answer> answer(WebClient.RequestHeadersSpec<?> request) {
    return request
        .exchangeToMono(response ->
            response
                .bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[0])
                .map(body ->
                    new Answer(
                        response.statusCode().value(), response.headers().asHttpHeaders(), body)))
        .onErrorMap(this::failure);
  }

  /// A scanner that has heard enough may answer and close, without reading on: our write fails, and
  /// its answer is there. So a failure to write is not the end; where there is no answer, reading
  /// fails as well.
  private static ClientHttpConnector hearing(ClientHttpConnector connector) {
    return (method, uri, callback) ->
        connector.connect(
            method,
            uri,
            request ->
                callback.apply(request).onErrorResume(IOException.class, error -> Mono.never()));
  }

  private Throwable failure(Throwable error) {
    Throwable root = error;
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnreadableException unreadable) {
        return unreadable.failure;
      }
      root = cause;
    }
    return switch (root) {
      case DataBufferLimitException _ ->
          new ScannerFailedException(
              Kind.GARBLED, url + " answered more than " + MAX_ANSWER + " octets", error);
      // From the decoder of HTTP.
      case IllegalArgumentException _, DecoderException _ ->
          new ScannerFailedException(
              Kind.GARBLED, url + " does not speak HTTP: " + root.getMessage(), error);
      default ->
          new ScannerFailedException(Kind.UNREACHABLE, url + ": " + root.getMessage(), error);
    };
  }

  private static List<DataBuffer> pieces(DataBuffer buffer) {
    List<DataBuffer> pieces = new ArrayList<>();
    while (buffer.readableByteCount() > PIECE) {
      pieces.add(buffer.split(buffer.readPosition() + PIECE));
    }
    pieces.add(buffer);
    return pieces;
  }

  /// Tells the content's failure from the connection's.
  private static final class UnreadableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Throwable failure;

    UnreadableException(Throwable failure) {
      this.failure = failure;
    }
  }
}
