package io.gatepost.scanner.rspamd;

import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.SocketScannerContract;
import io.gatepost.scanner.socket.FakeHttpScanner;
import io.gatepost.scanner.socket.ScannerHttp;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.net.URI;

class RspamdContractTest extends SocketScannerContract {

  @Override
  protected Scanner adapter(String address) {
    return new RspamdScanner(
        new ScannerHttp(URI.create("http://" + address), 16), "mx.dest.example", "");
  }

  @Override
  protected byte[] take(Talk talk) throws IOException {
    return FakeHttpScanner.take(talk).body();
  }

  @Override
  protected byte[] answer(boolean infected) {
    String action = infected ? "reject" : "no action";
    return FakeHttpScanner.answer(200, "", "{\"score\":1.0,\"action\":\"" + action + "\"}");
  }

  @Override
  protected void refuseAsTooLarge(Talk talk) throws IOException {
    talk.readLine();
    FakeHttpScanner.answer(talk, 413, "Connection: close\r\n", "");
  }

  @Override
  protected void beginEndless(Talk talk) throws IOException {
    talk.write("HTTP/1.1 200 OK\r\n\r\n{");
  }

  @Override
  protected void writeGarbage(Talk talk) throws IOException {
    talk.write("220 mx.dest.example ESMTP\r\n\0\r\n\r\n");
  }
}
