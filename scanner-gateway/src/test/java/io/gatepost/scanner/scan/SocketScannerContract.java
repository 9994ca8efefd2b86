package io.gatepost.scanner.scan;

import io.gatepost.testkit.scanner.FakeScanner;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract for adapters that speak over a socket, beside a scanner that is scripted.
public abstract class SocketScannerContract extends ScannerContract {

  private FakeScanner server;
  private Scanner scanner;
  private CountDownLatch held;
  private volatile byte @Nullable [] taken;

  /// The adapter under test.
  ///
  /// @param address of the scanner, `127.0.0.1:port`
  protected abstract Scanner adapter(String address);

  /// Takes one whole question, with all that the protocol says before and after the message, and
  /// returns the message. An [IOException] where the client leaves in the middle of it.
  protected abstract byte[] take(Talk talk) throws IOException;

  /// The answer to a clean message, or to an infected one, as octets on the wire.
  protected abstract byte[] answer(boolean infected);

  /// Takes the beginning of a question and says that the message is too large, without taking the
  /// rest; for protocols that have such an answer.
  protected void refuseAsTooLarge(Talk talk) throws IOException {
    throw new UnsupportedOperationException("no answer for messages that are too large");
  }

  /// Begins an answer that never ends; filled up with `x` for ever.
  protected void beginEndless(Talk talk) throws IOException {
    talk.write("x");
  }

  /// Answers what is none.
  protected void writeGarbage(Talk talk) throws IOException {
    talk.write("220 mx.dest.example ESMTP\r\n\0\r\n\r\n");
  }

  /// Never answers, until the client has closed the connection.
  protected void hang(Talk talk) throws IOException {
    talk.awaitEnd();
  }

  /// Takes and says what the protocol needs before the message itself is sent.
  protected void beginTaking(Talk talk) throws IOException {}

  /// The address of the scripted scanner.
  protected final String address() {
    return server.address();
  }

  /// The scripted scanner, for tests of one adapter.
  protected final FakeScanner server() {
    return server;
  }

  @BeforeEach
  void startServer() {
    held = new CountDownLatch(1);
    server = FakeScanner.start(script(Behaviour.CLEAN));
    scanner = adapter(server.address());
  }

  @AfterEach
  void stopServer() {
    held.countDown();
    server.close();
  }

  @Override
  protected final Scanner scanner() {
    return scanner;
  }

  @Override
  protected final void behave(Behaviour behaviour) {
    server.behave(script(behaviour));
  }

  @Override
  protected final void release() {
    held.countDown();
  }

  @Override
  protected final void goDown() {
    server.goDown();
  }

  @Override
  protected final void comeUp() {
    server.comeUp();
  }

  @Override
  protected final int open() {
    return server.open();
  }

  @Override
  protected final int begun() {
    return server.accepted();
  }

  @Override
  protected final byte[] taken() {
    byte[] message = taken;
    return message == null ? new byte[0] : message;
  }

  private FakeScanner.Script script(Behaviour behaviour) {
    return switch (behaviour) {
      case CLEAN -> talk -> answer(talk, answer(false));
      case INFECTED -> talk -> answer(talk, answer(true));
      case HELD ->
          talk -> {
            taken = take(talk);
            awaitRelease();
            talk.write(answer(false));
          };
      case HUNG ->
          talk -> {
            take(talk);
            hang(talk);
          };
      case STALLED ->
          talk -> {
            beginTaking(talk);
            awaitRelease();
            hang(talk);
          };
      case HALF ->
          talk -> {
            byte[] whole = answer(false);
            answer(talk, Arrays.copyOf(whole, whole.length / 2));
          };
      case HANGS_UP -> this::take;
      case GARBAGE ->
          talk -> {
            take(talk);
            writeGarbage(talk);
          };
      case ENDLESS ->
          talk -> {
            take(talk);
            beginEndless(talk);
            byte[] more = new byte[64 * 1024];
            Arrays.fill(more, (byte) 'x');
            while (true) {
              talk.write(more);
            }
          };
      case TOO_LARGE -> this::refuseAsTooLarge;
    };
  }

  private void answer(Talk talk, byte[] octets) throws IOException {
    taken = take(talk);
    talk.write(octets);
  }

  private void awaitRelease() throws IOException {
    try {
      held.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
