package io.gatepost.allinone;

import io.gatepost.contract.delivery.Delivery;
import io.gatepost.contract.queue.Queue;
import io.gatepost.contract.routing.Routing;
import io.gatepost.contract.rpc.Known;
import io.gatepost.contract.scanning.Scanning;
import io.gatepost.contract.verification.Verification;
import io.gatepost.rpc.trace.Traces;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.env.Environment;
import org.springframework.web.service.annotation.HttpExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/// Makes calls between services spans where they are method calls: between processes Spring does.
/// An answer that is there at once, such as a route from a table, stays one and has no span.
@Configuration(proxyBeanMethods = false)
class TracedPorts {

  /// The services' own beans, not the controllers that answer for them.
  private static final Map<String, Class<?>> PORTS =
      Map.of(
          "routing", Routing.class,
          "verification", Verification.class,
          "scanning", Scanning.class,
          "queue", Queue.class,
          "delivery", Delivery.class);

  private static final String PREFIX = "/gatepost.";

  @Bean
  static BeanPostProcessor tracedCalls(Environment environment, ObjectProvider<Traces> traces) {
    boolean isOn = Traces.areOn(environment);
    return new BeanPostProcessor() {
      @Override
      public Object postProcessAfterInitialization(Object bean, String beanName) {
        Class<?> port = isOn ? PORTS.get(beanName) : null;
        return port != null && port.isInstance(bean) ? traced(port, bean, traces::getObject) : bean;
      }
    };
  }

  static <T> T traced(Class<T> port, Object bean, Supplier<Traces> traces) {
    Map<Method, String> names = new ConcurrentHashMap<>();
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) -> {
              Object answer = invoked(bean, method, arguments);
              return switch (answer) {
                case Mono<?> known when Known.isKnown(known) -> known;
                case Mono<?> call ->
                    traces.get().call(names.computeIfAbsent(method, TracedPorts::name), call);
                case Flux<?> call ->
                    traces.get().call(names.computeIfAbsent(method, TracedPorts::name), call);
                case null, default -> answer;
              };
            }));
  }

  private static @Nullable Object invoked(
      Object bean, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(bean, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  /// As the path of the call, `routing.v1.Routing/Route`.
  private static String name(Method method) {
    HttpExchange exchange = AnnotatedElementUtils.findMergedAnnotation(method, HttpExchange.class);
    String path = exchange == null ? method.getName() : exchange.url();
    int query = path.indexOf('?');
    String call = query < 0 ? path : path.substring(0, query);
    return call.startsWith(PREFIX) ? call.substring(PREFIX.length()) : call;
  }
}
