package io.gatepost.routing.cdb;

import java.io.IOException;
import java.nio.file.Path;

/// A file that is no constant database, or no longer the one that was opened. Its message names the
/// file.
public final class CdbException extends IOException {

  private static final long serialVersionUID = 1L;

  CdbException(Path file, String trouble) {
    super(file + ": " + trouble);
  }
}
