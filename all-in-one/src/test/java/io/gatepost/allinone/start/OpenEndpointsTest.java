package io.gatepost.allinone.start;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatepost.allinone.AllInOneApplication;
import io.gatepost.scanner.ScannerApplication;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// Health and metrics are open to whoever reaches the port: they tell of the process, give no
/// secret of it away, and change nothing.
class OpenEndpointsTest {

  private static final String TOKEN = "a-token-of-the-edge-that-nobody-sees";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private static Path data;
  private static ConfigurableApplicationContext context;

  @BeforeAll
  static void start() {
    List<String> settings =
        List.of(
            "gatepost.http.port=0",
            // As Spring Boot tells from the environment of a pod.
            "spring.main.cloud-platform=kubernetes",
            "gatepost.rpc.token=a-token-of-the-gateway-itself",
            "gatepost.rpc.tokens.edge=" + TOKEN,
            "spring.reactor.netty.shutdown-quiet-period=0s");
    context =
        ServiceStart.run(
            ScannerApplication.class,
            Settings.read(AllInOneApplication.class, Optional.empty(), Optional.of(data), settings),
            settings);
  }

  @AfterAll
  static void stop() {
    context.close();
  }

  /// Over a connection of its own: where a server answers before it has read a body, it may not
  /// read on.
  private static HttpResponse<String> ask(String method, String path, String body)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(ServiceStart.httpUrl(context) + path))
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .header("Content-Type", "application/json")
              .timeout(PATIENCE)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void aBreakerIsNotOpenedByWhoeverReachesThePort() throws Exception {
    CircuitBreaker breaker =
        context.getBean(CircuitBreakerRegistry.class).circuitBreaker("scanner-any");

    int status =
        ask("POST", "/actuator/circuitbreakers/scanner-any", "{\"updateState\": \"FORCE_OPEN\"}")
            .statusCode();

    assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    assertThat(status).isIn(401, 404, 405);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "env",
        "heapdump",
        "threaddump",
        "configprops",
        "beans",
        "loggers",
        "shutdown",
        "mappings",
        "logfile",
        "httpexchanges",
        "scheduledtasks",
        "conditions",
        "caches",
        "refresh"
      })
  void nothingIsOpenThatTellsMoreOrStopsIt(String endpoint) throws Exception {
    assertThat(ask("GET", "/actuator/" + endpoint, "").statusCode()).isEqualTo(404);
    assertThat(ask("POST", "/actuator/" + endpoint, "{}").statusCode()).isIn(404, 405);
    assertThat(context.isActive()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /actuator/../x HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /actuator/..%2f..%2fx HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /actuator/x y HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /actuator/health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n",
        "\u0000\u0001\u0002\r\n\r\n",
        "GET /actuator/metrics/nothing HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "DELETE /actuator/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
      })
  void whatStrangersAskForDoesNotFillTheLog(String request) throws IOException {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    root.addAppender(lines);
    URI url = ServiceStart.httpUrl(context);
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(socket.getInputStream().readNBytes(10)).asString().startsWith("HTTP/1.1 4");
    } finally {
      root.detachAppender(lines);
    }

    assertThat(lines.list)
        .filteredOn(line -> !line.getMessage().startsWith("call {} from {} refused"))
        .filteredOn(OpenEndpointsTest::isShown)
        .isEmpty();
  }

  /// There is no proxy between a caller and a service that could tell of the caller.
  @Test
  void headersOfProxiesAreNotBelieved() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    root.addAppender(lines);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create(
                          ServiceStart.httpUrl(context) + "/gatepost.scanning.v1.Scanning/Scan"))
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .header("X-Forwarded-Prefix", "/actuator")
                  .header("X-Forwarded-For", "192.0.2.66")
                  .timeout(PATIENCE)
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(401);
    } finally {
      root.detachAppender(lines);
    }
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains("192.0.2.66"));
  }

  /// Whether the product's own settings of the log show a line; tests have others.
  private static boolean isShown(ILoggingEvent line) {
    try (InputStream settings = AllInOneApplication.class.getResourceAsStream("/logback.xml")) {
      NodeList loggers =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(settings)
              .getElementsByTagName("logger");
      for (int i = 0; i < loggers.getLength(); i++) {
        Element logger = (Element) loggers.item(i);
        if (line.getLoggerName().startsWith(logger.getAttribute("name"))) {
          return line.getLevel().isGreaterOrEqual(Level.toLevel(logger.getAttribute("level")));
        }
      }
      return line.getLevel().isGreaterOrEqual(Level.WARN);
    } catch (IOException | ParserConfigurationException | SAXException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "health",
        "health/dependencies",
        "info",
        "metrics",
        "prometheus",
        "gates",
        "circuitbreakers",
        "circuitbreakerevents",
        "timelimiters"
      })
  void whatIsOpenHasNoSecretInIt(String endpoint) throws Exception {
    HttpResponse<String> answer = ask("GET", "/actuator/" + endpoint, "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain(TOKEN, "a-token-of-the-gateway-itself");
  }
}
