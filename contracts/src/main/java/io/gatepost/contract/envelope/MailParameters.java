package io.gatepost.contract.envelope;

/// Parameters of `MAIL`.
///
/// @param body of the content (RFC 6152, RFC 3030)
/// @param addresses whether addresses or header may hold more than ASCII (RFC 6531)
/// @param dsn which notices it wants
public record MailParameters(BodyType body, AddressForm addresses, DsnParameters.OfMessage dsn) {

  /// Nothing said.
  public static final MailParameters NONE =
      new MailParameters(BodyType.SEVEN_BIT, AddressForm.ASCII, DsnParameters.OfMessage.NONE);

  /// RFC 6531.
  public enum AddressForm {
    ASCII,
    /// `SMTPUTF8` was said, and the header is ASCII: said to a next hop that offers it, and needed
    /// by addresses only.
    UTF8_ADDRESSES,
    /// `SMTPUTF8` was said, and the header may hold more than ASCII: only a next hop that offers it
    /// can take the message.
    UTF8
  }

  /// The same for a message whose header has turned out to be ASCII.
  public MailParameters withAsciiHeader() {
    return addresses == AddressForm.ASCII
        ? this
        : new MailParameters(body, AddressForm.UTF8_ADDRESSES, dsn);
  }
}
