package io.gatepost.scanner.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/// Connections of questions, whatever the protocol: here lines that end with LF.
class ConversationTest {

  private static final Duration ENOUGH = Duration.ofMinutes(1);
  private static final Question.AnswerForm LINE =
      new Question.AnswerForm(OptionalInt.of('\n'), 100);

  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private final FakeScanner server = FakeScanner.start(this::echo);
  private final ScannerSocket socket =
      new ScannerSocket(ScannerAddress.of("address", server.address()));

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void aConnectionThatIsKeptBeginsOnceAndServesOneQuestionAfterTheOther() {
    Conversation conversation = new Conversation(socket, keeping(ENOUGH));

    assertThat(ask(conversation, "one")).isEqualTo("1 one");
    assertThat(ask(conversation, "two")).isEqualTo("2 two");

    assertThat(heard).containsExactly("hello", "one", "two");
    assertThat(server.accepted()).isEqualTo(1);
    assertThat(conversation.kept()).isEqualTo(1);
  }

  @Test
  void aConnectionIsNotUsedForLongerThanItMayBe() {
    Conversation conversation = new Conversation(socket, keeping(Duration.ZERO));

    assertThat(ask(conversation, "one")).isEqualTo("1 one");
    assertThat(ask(conversation, "two")).isEqualTo("1 two");

    assertThat(server.accepted()).isEqualTo(2);
    assertThat(conversation.kept()).isZero();
    await().atMost(ENOUGH).until(() -> server.open() == 0);
  }

  @Test
  void withoutKeepingEachQuestionHasItsConnection() {
    Conversation conversation = new Conversation(socket);

    assertThat(ask(conversation, "one")).isEqualTo("1 one");
    assertThat(ask(conversation, "two")).isEqualTo("1 two");

    assertThat(heard).containsExactly("one", "two");
    await().atMost(ENOUGH).until(() -> server.open() == 0);
  }

  @Test
  void piecesGoOutAsTheyComeAlthoughTheNextOneIsNotThere() {
    Sinks.Many<ByteBuf> pieces = Sinks.many().unicast().onBackpressureBuffer();
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    server.behave(talk -> {
      lines.add(talk.readLine());
      lines.add(talk.readLine());
      talk.readLine();
      talk.write("done\n");
    });
    var answer =
        new Conversation(socket)
            .ask(question("begun\n", pieces.asFlux()), ConversationTest::text)
            .toFuture();

    pieces.tryEmitNext(octets("a piece\n")).orThrow();

    await().atMost(ENOUGH).until(() -> lines.size() == 2);
    assertThat(lines).containsExactly("begun", "a piece");
    pieces.tryEmitComplete().orThrow();
    assertThat(answer.join()).startsWith("1 done");
  }

  @Test
  void manyPiecesArriveWholeAndInOrder() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      all.append("piece ").append(i).append(';');
    }
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    server.behave(talk -> {
      lines.add(talk.readLine());
      talk.write("done\n");
    });
    Flux<ByteBuf> pieces =
        Flux.range(0, 50_000).map(i -> octets("piece " + i + ";")).concatWithValues(octets("\n"));

    String answer =
        new Conversation(socket).ask(question("", pieces), ConversationTest::text).block(ENOUGH);

    assertThat(answer).startsWith("1 done");
    assertThat(lines.element()).isEqualTo(all.toString());
  }

  /// Repeats each line.
  private void echo(Talk talk) throws IOException {
    while (true) {
      String line = talk.readLine();
      heard.add(line);
      if (!line.equals("hello")) {
        talk.write(line + "\n");
      }
    }
  }

  private static Keeping keeping(Duration longest) {
    return new Keeping(
        "hello\n".getBytes(ISO_8859_1),
        "bye\n".getBytes(ISO_8859_1),
        _ -> true,
        2,
        ENOUGH,
        longest);
  }

  private static String ask(Conversation conversation, String line) {
    String answer =
        conversation.ask(question(line, Flux.empty()), ConversationTest::text).block(ENOUGH);
    assertThat(answer).isNotNull();
    return answer.strip();
  }

  private static Question question(String begin, Flux<ByteBuf> pieces) {
    return new Question(
        begin.getBytes(ISO_8859_1),
        pieces,
        Question.endingWith("\n".getBytes(ISO_8859_1)),
        LINE,
        Duration.ZERO);
  }

  private static ByteBuf octets(String text) {
    return Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1));
  }

  /// The answer, behind its number.
  private static String text(Answer answer) {
    return answer.number() + " " + answer.text();
  }
}
