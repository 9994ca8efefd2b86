package io.gatepost.edge.inquiry;

/// Inquiries about one client since it has connected.
public record Inquiry(ListedClient lists, NamedClient name) {

  /// A client that nobody is asked about.
  public static final Inquiry NONE = new Inquiry(ListedClient.NOT_ASKED, NamedClient.NOT_ASKED);
}
