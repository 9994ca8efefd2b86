package io.gatepost.scanner.scan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class SizeLimitedTest {

  private final Scanner scanner =
      new SizeLimited(
          new Scanner() {
            @Override
            public Mono<ScannerAnswer> scan(ScanJob job) {
              return Mono.just(ScannerAnswer.GOOD);
            }

            @Override
            public Mono<String> version() {
              return Mono.just("1");
            }

            @Override
            public Scope scope() {
              return Scope.MESSAGE;
            }
          },
          1000);

  @Test
  void whatIsLargerIsNotScanned() {
    assertThat(scanner.scan(ScanJobs.streaming(Flux.never(), 1001)).block())
        .isEqualTo(new ScannerAnswer.NotScanned("larger than max-size, 1000 octets"));
  }

  @Test
  void theRestIs() {
    assertThat(scanner.scan(ScanJobs.streaming(Flux.empty(), 1000)).block())
        .isEqualTo(ScannerAnswer.GOOD);
    assertThat(scanner.version().block()).isEqualTo("1");
    assertThat(scanner.scope()).isEqualTo(Scanner.Scope.MESSAGE);
  }
}
