package io.gatepost.edge.listener;

import io.gatepost.edge.dialogue.LineInput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/// The read side of one session: the octets that wait, counted in the memory that all sessions
/// share.
final class SessionInput {

  private final InputMemory memory;
  private final LineInput lines = new LineInput();
  private int counted;
  private long received;
  private boolean ended;

  SessionInput(InputMemory memory) {
    this.memory = memory;
  }

  /// The octets that wait.
  LineInput lines() {
    return lines;
  }

  /// Octets that have come in the whole session, after TLS is taken off.
  long received() {
    return received;
  }

  /// Those of them that do not wait any more.
  long used() {
    return received - lines.size();
  }

  /// Counts octets that come after the last reply: no one looks at them.
  void ignore(ByteBuf buffer) {
    received += buffer.readableBytes();
  }

  /// Takes what was read from the socket.
  void add(ByteBuf buffer) {
    int fresh = buffer.readableBytes();
    received += fresh;
    int at = lines.extend(fresh);
    buffer.readBytes(lines.octets(), at, fresh);
    count();
  }

  /// Takes all that waits away, for another that reads it.
  ByteBuf takeAll() {
    ByteBuf rest = Unpooled.copiedBuffer(lines.octets(), lines.start(), lines.size());
    lines.consume(lines.size());
    return rest;
  }

  /// The client sends no more.
  void end() {
    ended = true;
  }

  /// Whether the client sends no more.
  boolean hasEnded() {
    return ended;
  }

  /// Whether there is memory to read on.
  boolean hasRoom() {
    return !ended && lines.size() < memory.perSession();
  }

  /// Whether so much waits that under pressure no more can be read.
  boolean isBeyondFloor() {
    return lines.size() >= InputMemory.FLOOR_OCTETS && memory.isUnderPressure();
  }

  /// Gives memory back that what waits does not need.
  void trim() {
    lines.trim();
    count();
  }

  /// Forgets all that waits.
  void forget() {
    lines.consume(lines.size());
    count();
  }

  private void count() {
    memory.change(lines.held() - counted);
    counted = lines.held();
  }
}
