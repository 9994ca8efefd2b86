package io.gatepost.routing.sql;

/// Data in the database that cannot be used: the operator's mistake, so mail waits until it is
/// mended.
final class UnusableRowException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnusableRowException(String message) {
    super(message);
  }
}
