package io.gatepost.system.power.disk;

import java.io.Serial;

/// An operation that the disk refuses, with the error number that the process sees.
final class DiskException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  /// The errors of the model; numbers as in Linux.
  enum Error {
    NO_ENTRY(2),
    IO(5),
    EXISTS(17),
    NOT_A_DIRECTORY(20),
    IS_A_DIRECTORY(21),
    INVALID(22),
    NOT_IMPLEMENTED(38),
    NOT_EMPTY(39),
    NOT_SUPPORTED(95);

    final int number;

    Error(int number) {
      this.number = number;
    }
  }

  final transient Error error;

  DiskException(Error error) {
    super(error.name(), null, false, false); // part of normal work: no stack
    this.error = error;
  }
}
