package io.gatepost.edge.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.concurrent.atomic.AtomicLong;

/// The memory that octets may take which clients have sent and no session has used yet. Under
/// pressure each session reads in small pieces, has no more than one of them waiting, enough for a
/// command, and is served in short turns.
final class InputMemory implements RecvByteBufAllocator {

  /// Octets that a session may always have waiting, and reads at once under pressure: more than the
  /// longest command without AUTH, see [LineInput].
  static final int FLOOR_OCTETS = 2 * 1024;

  /// The same without pressure.
  static final int USUAL_OCTETS = 16 * 1024;

  private static final int FLOOR_STEPS = 4;
  private static final int USUAL_STEPS = 32;

  private static final int LEAST_READ_OCTETS = 64;

  private final long most;
  private final AtomicLong held = new AtomicLong();
  private final RecvByteBufAllocator adaptive =
      new AdaptiveRecvByteBufAllocator(LEAST_READ_OCTETS, FLOOR_OCTETS, USUAL_OCTETS);

  /// @param most octets of all sessions together from which on there is pressure
  InputMemory(long most) {
    this.most = most;
  }

  /// Octets that all sessions hold now.
  long held() {
    return held.get();
  }

  /// A session holds so many octets more, or fewer.
  void change(int octets) {
    held.addAndGet(octets);
  }

  /// Whether sessions have to do with the least.
  boolean isUnderPressure() {
    return held.get() >= most;
  }

  /// How many octets a session may now have waiting before it reads on.
  int perSession() {
    return isUnderPressure() ? FLOOR_OCTETS : USUAL_OCTETS;
  }

  /// How many commands, or pieces of content, of one session are worked on before it is the others'
  /// turn: clients that send thousands at once do not keep the others waiting.
  int stepsPerTurn() {
    return isUnderPressure() ? FLOOR_STEPS : USUAL_STEPS;
  }

  @Override
  public Handle newHandle() {
    return new Capped((ExtendedHandle) adaptive.newHandle());
  }

  /// Reads as much as has come lately, but little under pressure.
  private final class Capped implements ExtendedHandle {
    private final ExtendedHandle usual;

    private Capped(ExtendedHandle usual) {
      this.usual = usual;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      return allocator.ioBuffer(guess());
    }

    @Override
    public int guess() {
      return Math.min(usual.guess(), perSession());
    }

    @Override
    public void reset(ChannelConfig config) {
      usual.reset(config);
    }

    @Override
    public void incMessagesRead(int count) {
      usual.incMessagesRead(count);
    }

    @Override
    public void lastBytesRead(int octets) {
      usual.lastBytesRead(octets);
    }

    @Override
    public int lastBytesRead() {
      return usual.lastBytesRead();
    }

    @Override
    public void attemptedBytesRead(int octets) {
      usual.attemptedBytesRead(octets);
    }

    @Override
    public int attemptedBytesRead() {
      return usual.attemptedBytesRead();
    }

    @Override
    public boolean continueReading() {
      return usual.continueReading();
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return usual.continueReading(maybeMore);
    }

    @Override
    public void readComplete() {
      usual.readComplete();
    }
  }
}
