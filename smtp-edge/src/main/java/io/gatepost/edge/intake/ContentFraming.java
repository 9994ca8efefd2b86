package io.gatepost.edge.intake;

import io.gatepost.smtp.wire.ChunkStuffing;
import io.gatepost.smtp.wire.EndOfData;

/// How the content of one message comes, and what its framing has found in its lines so far.
sealed interface ContentFraming {

  /// After DATA, up to a line of one dot.
  record Dotted(EndOfData end) implements ContentFraming {

    /// `.` CRLF.
    private static final int END_MARK_OCTETS = 3;

    @Override
    public int longestLine() {
      return end.longestLine();
    }

    @Override
    public boolean sawNul() {
      return end.sawNul();
    }

    @Override
    public boolean sawBareLineEnd() {
      return end.sawBareLineEnd();
    }

    @Override
    public long doubledDots() {
      return end.doubledDots();
    }

    @Override
    public int endMark() {
      return END_MARK_OCTETS;
    }
  }

  /// In chunks, after BDAT.
  record Chunked(ChunkStuffing stuffing) implements ContentFraming {

    @Override
    public int longestLine() {
      return stuffing.longestLine();
    }

    @Override
    public boolean sawNul() {
      return stuffing.sawNul();
    }

    @Override
    public boolean sawBareLineEnd() {
      return stuffing.sawBareLineEnd();
    }

    @Override
    public long doubledDots() {
      return stuffing.doubledDots();
    }

    @Override
    public int endMark() {
      return 0;
    }
  }

  /// The same for content that is binary (RFC 3030 §3): its body has no lines that a rule could be
  /// about. The lines of its header are judged by [HeaderScan].
  record Binary(ChunkStuffing stuffing, HeaderScan header) implements ContentFraming {

    @Override
    public int longestLine() {
      return 0;
    }

    @Override
    public boolean sawNul() {
      return header.sawNul();
    }

    @Override
    public boolean sawBareLineEnd() {
      return header.sawBareLineEnd();
    }

    @Override
    public long doubledDots() {
      return stuffing.doubledDots();
    }

    @Override
    public int endMark() {
      return 0;
    }
  }

  /// Octets of the longest line, without its line end.
  int longestLine();

  /// Whether there was a NUL.
  boolean sawNul();

  /// Whether a CR or LF stood alone.
  boolean sawBareLineEnd();

  /// Dots that are there only to make the content transparent.
  long doubledDots();

  /// Octets of the mark that ends the message, which is not content.
  int endMark();
}
