package io.gatepost.cli.operator;

import io.gatepost.contract.envelope.EnvelopeRecord;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.rpc.RpcException;
import io.gatepost.contract.rpc.RpcStatus;
import io.gatepost.contract.wire.ContractJson;
import io.gatepost.contract.wire.EnvelopeRecordCodec;
import java.io.IOException;
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

  private @Nullable Object call(Method method, List<Object> arguments) {
    HttpResponse<String> response = send(request(method, arguments));
    if (response.statusCode() >= 400) {
      throw refusal(response);
    }
    Type type = ((ParameterizedType) method.getGenericReturnType()).getActualTypeArguments()[0];
    if (type == Void.class || response.body().isEmpty()) {
      return null;
    }
    try {
      return ContractJson.MAPPER.readValue(
          response.body(), ContractJson.MAPPER.constructType(type));
    } catch (JacksonException e) {
      throw new RpcException(
          RpcStatus.INTERNAL, base + " is no Gatepost: it answers " + shown(response.body()), e);
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
        HttpRequest.newBuilder(URI.create(trimmed(base) + path + parametersText))
            .timeout(timeout)
            .header("Accept", "application/json")
            .header("Content-Type", contentType)
            .method(get != null ? "GET" : "POST", body);
    headers.forEach(request::header);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.build();
  }

  /// Two names for the same, of which one is used.
  private static String either(String value, String url) {
    return value.isEmpty() ? url : value;
  }

  private HttpResponse<String> send(HttpRequest request) {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            .build()) {
      return client.send(request, BodyHandlers.ofString());
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
  private RpcException refusal(HttpResponse<String> response) {
    RpcStatus status = RpcStatus.ofHttp(response.statusCode());
    String detail = detail(response.body());
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
