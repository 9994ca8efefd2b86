package io.gatepost.dns;

/// A question to the DNS has no answer.
public final class DnsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public DnsException(String message) {
    super(message, null, false, false); // its stack says nothing
  }
}
