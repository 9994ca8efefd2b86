package io.gatepost.scanner.milter;

import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.SocketScannerContract;
import io.gatepost.scanner.socket.ScannerAddress;
import io.gatepost.scanner.socket.ScannerSocket;
import io.gatepost.scanner.socket.SessionPool;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.time.Duration;

/// The adapter beside a filter that answers the end of the message only.
class MilterContractTest extends SocketScannerContract {

  @Override
  protected Scanner adapter(String address) {
    return new MilterScanner(
        new ScannerSocket(ScannerAddress.of("address", address)),
        "mx.dest.example",
        new SessionPool<>(0, Duration.ofSeconds(1)));
  }

  @Override
  protected byte[] take(Talk talk) throws IOException {
    FilterTalk filter = new FilterTalk(talk);
    filter.agree(6, 0, FilterTalk.SILENT).hearTo('E');
    return filter.message();
  }

  @Override
  protected void beginTaking(Talk talk) throws IOException {
    new FilterTalk(talk).agree(6, 0, FilterTalk.SILENT);
  }

  @Override
  protected byte[] answer(boolean infected) {
    return Packet.of(infected ? 'r' : 'c').wire();
  }

  @Override
  protected boolean knowsTooLarge() {
    return false;
  }
}
