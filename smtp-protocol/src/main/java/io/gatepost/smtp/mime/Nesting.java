package io.gatepost.smtp.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The multiparts that are open, and their boundaries (RFC 2046 §5.1.1).
final class Nesting {

  /// Multiparts within each other that are followed.
  static final int MAX_DEPTH = 50;

  /// A longer line is no boundary.
  static final int MAX_LINE = ContentType.MAX_BOUNDARY + 64;

  private final List<Level> levels = new ArrayList<>();
  private ContentType ofParts = ContentType.TEXT;

  @SuppressWarnings("ArrayRecordComponent") // compared nowhere
  private record Level(byte[] boundary, ContentType ofParts) {}

  /// Kind of a line.
  enum Found {
    NOTHING,
    /// A part begins.
    PART,
    /// A multipart ends.
    CLOSE
  }

  /// Enters a multipart that has a boundary; false where it is nested too deeply.
  boolean open(ContentType multipart) {
    if (levels.size() == MAX_DEPTH) {
      return false;
    }
    String boundary = multipart.boundary().orElseThrow();
    levels.add(new Level(boundary.getBytes(StandardCharsets.US_ASCII), multipart.ofParts()));
    return true;
  }

  /// Leaves the innermost multipart: it is none.
  void leave() {
    levels.removeLast();
  }

  /// How many multiparts are open.
  int depth() {
    return levels.size();
  }

  /// The type of the part that begins, where it does not say it.
  ContentType ofParts() {
    return ofParts;
  }

  /// Tells a boundary, and leaves the multiparts that end with it: all that were opened within the
  /// one whose boundary it is.
  ///
  /// @param count octets of the line, without its CRLF
  Found find(byte[] line, int count) {
    if (count < 3 || count > MAX_LINE || line[0] != '-' || line[1] != '-') {
      return Found.NOTHING;
    }
    int end = count;
    while (line[end - 1] == ' ' || line[end - 1] == '\t') {
      end--;
    }
    for (int i = levels.size() - 1; i >= 0; i--) {
      Level level = levels.get(i);
      Found found = level(level, line, end);
      if (found != Found.NOTHING) {
        levels.subList(found == Found.PART ? i + 1 : i, levels.size()).clear();
        ofParts = level.ofParts;
        return found;
      }
    }
    return Found.NOTHING;
  }

  private static Found level(Level level, byte[] line, int end) {
    int length = level.boundary.length;
    boolean closes = end == length + 4 && line[end - 1] == '-' && line[end - 2] == '-';
    if (!closes && end != length + 2) {
      return Found.NOTHING;
    }
    for (int i = 0; i < length; i++) {
      if (line[i + 2] != level.boundary[i]) {
        return Found.NOTHING;
      }
    }
    return closes ? Found.CLOSE : Found.PART;
  }
}
