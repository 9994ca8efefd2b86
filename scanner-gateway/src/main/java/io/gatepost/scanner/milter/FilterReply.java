package io.gatepost.scanner.milter;

import io.gatepost.contract.reply.Reply;
import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// A filter's answer to a step.
sealed interface FilterReply {

  /// Go on.
  record Continue() implements FilterReply {}

  /// Nothing against the message, and nothing more to be told of it.
  record Accept() implements FilterReply {}

  /// Refused, without words.
  record Reject() implements FilterReply {}

  /// Not now, without words.
  record TemporaryFailure() implements FilterReply {}

  /// To be accepted, and dropped without a word.
  record Discard() implements FilterReply {}

  /// The session with the client is to end.
  record Shutdown() implements FilterReply {}

  /// A 4xx or 5xx in the filter's words.
  record Worded(Reply reply) implements FilterReply {}

  /// Nothing more of this kind.
  record Skip() implements FilterReply {}

  /// Still at work; the answer follows.
  record Progress() implements FilterReply {}

  /// A change of the header.
  sealed interface HeaderChange extends FilterReply {}

  /// A new field at the end of the header.
  record AddField(String name, String value) implements HeaderChange {}

  /// A new field.
  ///
  /// @param index 0 for the top, 1 for behind our own fields
  record InsertField(int index, String name, String value) implements HeaderChange {}

  /// Another value of a field.
  ///
  /// @param index which of that name, from 1 on
  /// @param value none where the field is to go
  record ChangeField(int index, String name, String value) implements HeaderChange {}

  /// The next octets of another body.
  @SuppressWarnings("ArrayRecordComponent") // given on, never compared
  record ReplaceBody(byte[] octets) implements FilterReply {}

  /// To be put aside.
  record Quarantine(String reason) implements FilterReply {}

  /// Reads a packet; throws [ScannerFailedException] where it is no answer, or one that was not
  /// agreed upon.
  static FilterReply of(Packet packet) {
    ByteBuffer data = ByteBuffer.wrap(packet.data());
    FilterReply reply =
        switch (packet.command()) {
          case 'c' -> new Continue();
          case 'a' -> new Accept();
          case 'r' -> new Reject();
          case 't' -> new TemporaryFailure();
          case 'd' -> new Discard();
          case '4' -> new Shutdown();
          case 's' -> new Skip();
          case 'p' -> new Progress();
          case 'f' ->
              throw new ScannerFailedException(Kind.REFUSED, "has no connection to its own kind");
          case 'y' -> new Worded(WordedReply.of(rest(data)));
          case 'h' -> new AddField(string(data), string(data));
          case 'i' -> new InsertField(index(data), string(data), string(data));
          case 'm' -> new ChangeField(index(data), string(data), string(data));
          case 'q' -> new Quarantine(string(data));
          case 'b' -> new ReplaceBody(packet.data());
          case '+', '2', '-', 'e' ->
              throw new ScannerFailedException(
                  Kind.GARBLED,
                  "asks for a change that it was not offered: '" + packet.command() + "'");
          default ->
              throw new ScannerFailedException(
                  Kind.GARBLED, "unknown answer '" + shown(packet.command()) + "'");
        };
    if (data.hasRemaining() && !(reply instanceof ReplaceBody)) {
      throw new ScannerFailedException(
          Kind.GARBLED,
          "answer '%s' with %d octets behind it".formatted(packet.command(), data.remaining()));
    }
    return reply;
  }

  /// A command for the log.
  static String shown(char command) {
    return command > ' ' && command < 0x7f
        ? String.valueOf(command)
        : "0x" + Integer.toHexString(command);
  }

  /// The octets up to the next NUL, in UTF-8, or in ISO 8859-1 where they are none; throws
  /// [ScannerFailedException] where there is no NUL.
  static String string(ByteBuffer data) {
    int from = data.position();
    while (data.hasRemaining()) {
      if (data.get() == 0) {
        return text(data.slice(from, data.position() - 1 - from));
      }
    }
    throw new ScannerFailedException(Kind.GARBLED, "answer with a string that does not end");
  }

  /// All that is left, without the NUL at its end.
  private static String rest(ByteBuffer data) {
    int length = data.remaining();
    if (length > 0 && data.get(data.limit() - 1) == 0) {
      length--;
    }
    String text = text(data.slice(data.position(), length));
    data.position(data.limit());
    return text;
  }

  private static int index(ByteBuffer data) {
    if (data.remaining() < Integer.BYTES) {
      throw new ScannerFailedException(Kind.GARBLED, "change of a header field without its index");
    }
    int index = data.getInt();
    if (index < 0) {
      throw new ScannerFailedException(
          Kind.GARBLED, "change of header field " + Integer.toUnsignedString(index));
    }
    return index;
  }

  private static String text(ByteBuffer octets) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(octets.duplicate()).toString();
    } catch (CharacterCodingException _) { // older than UTF-8
      return StandardCharsets.ISO_8859_1.decode(octets).toString();
    }
  }
}
