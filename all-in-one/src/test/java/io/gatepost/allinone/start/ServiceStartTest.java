package io.gatepost.allinone.start;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepost.contract.process.SuiteProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

class ServiceStartTest {

  private static final String READINESS = "/actuator/health/readiness";

  @TempDir Path data;

  /// A process with a queue that takes no mail.
  @SuiteProcess
  static class WithoutBroker {
    @Bean
    HealthIndicator queueHealthIndicator() {
      return () -> Health.outOfService().build();
    }
  }

  /// A process without a queue and without delivery, such as the edge's.
  @SuiteProcess
  static class WithoutQueue {}

  @Test
  void readinessGoesDownWithTheQueue() throws Exception {
    HttpResponse<String> response = get(WithoutBroker.class, READINESS);

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("\"queue\":{\"status\":\"OUT_OF_SERVICE\"}");
  }

  @Test
  void aProcessWithoutAQueueTellsOfItselfOnly() throws Exception {
    HttpResponse<String> response = get(WithoutQueue.class, READINESS);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"status\":\"UP\"").doesNotContain("queue");
  }

  private HttpResponse<String> get(Class<?> application, String path)
      throws IOException, InterruptedException {
    Settings settings = new Settings(Optional.empty(), data, new HttpProperties(0), Map.of());
    try (ConfigurableApplicationContext context =
            ServiceStart.run(application, settings, List.of("gatepost.http.port=0"));
        HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(ServiceStart.httpUrl(context).resolve(path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
