package io.gatepost.scanner.socket;

import io.gatepost.scanner.scan.ScannerFailedException;
import io.gatepost.scanner.scan.ScannerFailedException.Kind;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.tcp.TcpClient;

/// Opens connections to one scanner. Whether one serves several messages is up to the protocol.
public final class ScannerSocket {

  private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

  private final ScannerAddress address;
  private final TcpClient client;

  public ScannerSocket(ScannerAddress address) {
    this.address = address;
    this.client =
        TcpClient.create(ConnectionProvider.newConnection())
            .remoteAddress(() -> socket(address))
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
            // what a scanner has said is still read after writing has failed
            .option(ChannelOption.AUTO_CLOSE, false);
  }

  public ScannerAddress address() {
    return address;
  }

  /// Opens a connection. Whoever gets it disposes of it. Fails with [ScannerFailedException].
  public Mono<? extends Connection> connect() {
    return client.connect().onErrorMap(this::unreachable);
  }

  /// The failure of a connection that was refused, or broke off.
  public ScannerFailedException unreachable(Throwable error) {
    return new ScannerFailedException(
        Kind.UNREACHABLE, address + ": " + String.valueOf(error.getMessage()), error);
  }

  /// Whether an error is that of a connection.
  public static boolean isOfConnection(Throwable error) {
    return error instanceof IOException;
  }

  private static SocketAddress socket(ScannerAddress address) {
    return switch (address) {
      case ScannerAddress.Tcp(var host, var port) -> InetSocketAddress.createUnresolved(host, port);
      case ScannerAddress.Unix(var path) -> new DomainSocketAddress(path);
    };
  }
}
