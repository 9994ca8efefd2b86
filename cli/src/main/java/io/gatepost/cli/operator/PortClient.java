package io.gatepost.cli.operator;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.ContractJson;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;

/// A port's proxy for a command that asks once and ends. It makes its calls with the JDK's HTTP
/// client, from the same annotations as the services' own proxies, and blocks; Spring's client
/// takes longer to load than the answer takes to come. Fails with [RpcException].
final class PortClient implements InvocationHandler {

  private static final int MOST_DETAIL = 64 * 1024;

  private final URI base;
  private final String token;
  private final Duration timeout;

  private PortClient(URI base, String token, Duration timeout) {
    this.base = base;
    this.token = token;
    this.timeout = timeout;
  }

  /// A proxy for a port at a base URL.
  ///
  /// @param token the bearer token of every call, empty for none
  /// @param timeout for the connection, and for the answer
  static <P> P of(Class<P> port, URI base, String token, Duration timeout) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(), new Class<?>[] {port}, new PortClient(base, token, timeout)));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object @Nullable [] arguments) {
    List<Object> given = arguments == null ? List.of() : List.of(arguments);
    return Mono.fromCallable(() -> call(method, given));
  }

  /// Copies the octets of an answer, however many there are.
  ///
  /// @param path of the call, with its parameters
  /// @param timeout for the connection, and for the beginning of the answer
  static void copy(URI base, String path, String token, Duration timeout, OutputStream to) {
    PortClient client = new PortClient(base, token, timeout);
    HttpRequest request =
        client
            .authorized(HttpRequest.newBuilder(URI.create(trimmed(base) + path)))
            .header("Accept", "application/octet-stream, application/problem+json")
            .build();
    client.send(
        request,
        BodyHandlers.ofInputStream(),
        response -> {
          try (InputStream body = response.body()) {
            if (response.statusCode() >= 400) {
              throw client.refusal(
                  response.statusCode(),
                  new String(body.readNBytes(MOST_DETAIL), StandardCharsets.UTF_8));
            }
            long octets = body.transferTo(to);
            to.flush();
            return octets;
          }
        });
  }

  private @Nullable Object call(Method method, List<Object> arguments) {
    String answer =
        send(
            request(method, arguments),
            BodyHandlers.ofString(),
            response -> {
              if (response.statusCode() >= 400) {
                throw refusal(response.statusCode(), response.body());
              }
              return response.body();
            });
    Type type = ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
    if (type == Void.class || answer.isEmpty()) {
      return null;
    }
    try {
      return ContractJson.MAPPER.readValue(answer, ContractJson.MAPPER.constructType(type));
    } catch (JacksonException e) {
      throw new RpcException(
          RpcStatus.INTERNAL, base + " is no Gatepost: it answers " + shown(answer), e);
    }
  }

  private HttpRequest request(Method method, List<Object> arguments) {
    List<String> query = new ArrayList<>();
    BodyPublisher body = BodyPublishers.noBody();
    String contentType = "application/json";
    Map<String, String> headers = new LinkedHashMap<>();
    Parameter[] parameters = method.getParameters();
    for (int i = 0; i < parameters.length; i++) {
      RequestParam named = parameters[i].getAnnotation(RequestParam.class);
      if (named != null) {
        query.add(named.value() + "=" + encoded(arguments.get(i).toString()));
      } else if (parameters[i].isAnnotationPresent(RequestHeader.class)) {
        headers.put(
            parameters[i].getAnnotation(RequestHeader.class).value(), arguments.get(i).toString());
      } else if (arguments.get(i) instanceof EnvelopeRecord message) {
        contentType = Queue.FRAMES;
        body = BodyPublishers.ofByteArray(EnvelopeRecordCodec.encode(message));
      } else if (parameters[i].isAnnotationPresent(RequestBody.class)) {
        body = BodyPublishers.ofByteArray(ContractJson.MAPPER.writeValueAsBytes(arguments.get(i)));
      }
    }
    GetExchange get = method.getAnnotation(GetExchange.class);
    PostExchange post = method.getAnnotation(PostExchange.class);
    if (get == null && post == null) {
      throw new IllegalStateException(method + " is no call");
    }
    String path = get != null ? either(get.value(), get.url()) : either(post.value(), post.url());
    String parametersText = query.isEmpty() ? "" : "?" + String.join("&", query);
    HttpRequest.Builder request =
        authorized(HttpRequest.newBuilder(URI.create(trimmed(base) + path + parametersText)))
            .header("Accept", "application/json")
            .header("Content-Type", contentType)
            .method(get != null ? "GET" : "POST", body);
    headers.forEach(request::header);
    return request.build();
  }

  private HttpRequest.Builder authorized(HttpRequest.Builder request) {
    request.timeout(timeout);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request;
  }

  /// Two names for the same, of which one is used.
  private static String either(String value, String url) {
    return value.isEmpty() ? url : value;
  }

  /// Turns an answer into its result.
  private interface Reading<B, T> {
    T of(HttpResponse<B> response) throws IOException;
  }

  private <B, T> T send(
      HttpRequest request, HttpResponse.BodyHandler<B> bodies, Reading<B, T> reading) {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build()) {
      return reading.of(client.send(request, bodies));
    } catch (ConnectException e) {
      throw new RpcException(
          RpcStatus.UNAVAILABLE,
          "nothing answers at "
              + base
              + " (connection refused). Is Gatepost running? --data DIR names the data directory of"
              + " one that was started by run, --url URL any other",
          e);
    } catch (HttpTimeoutException e) {
      throw new RpcException(
          RpcStatus.DEADLINE_EXCEEDED,
          base + " does not answer in " + timeout.toSeconds() + " s",
          e);
    } catch (IOException e) {
      throw new RpcException(
          RpcStatus.UNAVAILABLE, base + " does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcException(RpcStatus.UNAVAILABLE, base + ": interrupted", e);
    }
  }

  /// In plain words, with what the service says of it (RFC 9457).
  private RpcException refusal(int httpStatus, String body) {
    RpcStatus status = RpcStatus.ofHttp(httpStatus);
    String detail = detail(body);
    return switch (status) {
      case UNAUTHENTICATED ->
          new RpcException(
              status,
              base
                  + " asks for another token: --token-file FILE or the environment's"
                  + " GATEPOST_RPC_TOKEN gives it");
      default -> new RpcException(status, detail);
    };
  }

  private static String detail(String body) {
    try {
      String detail = ContractJson.MAPPER.readTree(body).path("detail").asString("");
      return detail.isEmpty() ? shown(body) : detail;
    } catch (JacksonException e) {
      return shown(body);
    }
  }

  private static String shown(String body) {
    String line = body.strip().replaceAll("\\p{Cntrl}+", " ");
    return line.isEmpty()
        ? "nothing"
        : "\"" + line.substring(0, Math.min(200, line.length())) + "\"";
  }

  private static String trimmed(URI base) {
    String text = base.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
