package io.gatepost.bench.load;

/// The loopback addresses that clients of different kinds come from, as four octets each: all of
/// `127.0.0.0/8` is this host. Numbers may be any; neighbours have no network in common.
public final class Addresses {

  /// The second octets of those that a list has: `127.64.0.0/10`.
  public static final int FIRST_LISTED = 64;

  public static final int LAST_LISTED = 127;

  private static final int LOOPBACK = 127 << 24;
  private static final int LISTED = LOOPBACK | FIRST_LISTED << 16;
  private static final int STRANGERS = LOOPBACK | 128 << 16;
  private static final int CORRESPONDENTS = LOOPBACK | 200 << 16;
  private static final int HOST_BITS = 22;

  /// Odd, so that each number below 2^22 becomes another one.
  private static final int SPREAD = 0x9E3779B1;

  private static final int CORRESPONDENT_COUNT = 250;

  /// The one whose mail is relayed: `127.0.0.1`.
  static final int OWN = LOOPBACK | 1;

  private Addresses() {}

  /// One of 4 million that a list has.
  static int listed(int number) {
    return LISTED | spread(number);
  }

  /// One of 4 million that nobody knows.
  static int stranger(int number) {
    return STRANGERS | spread(number);
  }

  /// One of 250 that mail comes from again and again.
  static int correspondent(int number) {
    return CORRESPONDENTS | Math.floorMod(number, CORRESPONDENT_COUNT) << 8 | 1;
  }

  private static int spread(int number) {
    return (number * SPREAD) >>> (Integer.SIZE - HOST_BITS);
  }
}
