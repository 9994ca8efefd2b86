package io.gatepost.edge.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoggedRepliesTest {

  private final EventLoop loop = new DefaultEventLoop();
  private final List<Runnable> written = new CopyOnWriteArrayList<>();
  private final List<String> said = new CopyOnWriteArrayList<>();
  private final LoggedReplies replies = new LoggedReplies(written::add);

  @AfterEach
  void stop() {
    loop.shutdownGracefully();
  }

  @Test
  void aReplyWaitsUntilItsLogLineIsWritten() {
    loop.execute(() -> replies.give(loop, () -> said.add("250")));

    await().until(() -> written.size() == 1);
    assertThat(said).isEmpty();

    written.getFirst().run();

    await().until(() -> said.equals(List.of("250")));
  }

  @Test
  void allThatALoopDecidesInOneTurnWaitsForOneWrite() {
    loop.execute(() -> {
      for (int i = 0; i < 3; i++) {
        String reply = "250 " + i;
        loop.execute(() -> replies.give(loop, () -> said.add(reply)));
      }
    });

    await().until(() -> !written.isEmpty());
    written.forEach(Runnable::run);

    await().until(() -> said.equals(List.of("250 0", "250 1", "250 2")));
    assertThat(written).hasSize(1);
  }

  @Test
  void aLogThatTakesNoLinesHoldsAReplyForAShortTimeOnly() {
    loop.execute(() -> replies.give(loop, () -> said.add("250")));

    await().until(() -> said.equals(List.of("250")));
    assertThat(written).hasSize(1);
  }
}
