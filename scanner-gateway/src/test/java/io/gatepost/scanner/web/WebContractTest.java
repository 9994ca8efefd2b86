package io.gatepost.scanner.web;

import io.gatepost.scanner.scan.Scanner;
import io.gatepost.scanner.scan.SocketScannerContract;
import io.gatepost.scanner.socket.FakeHttpScanner;
import io.gatepost.scanner.socket.ScannerHttp;
import io.gatepost.testkit.scanner.Talk;
import java.io.IOException;
import java.net.URI;

class WebContractTest extends SocketScannerContract {

  @Override
  protected Scanner adapter(String address) {
    return new WebScanner(new ScannerHttp(URI.create("http://" + address + "/scan"), 16));
  }

  @Override
  protected byte[] take(Talk talk) throws IOException {
    return FakeHttpScanner.take(talk).body();
  }

  @Override
  protected byte[] answer(boolean infected) {
    String verdict = infected ? "bad" : "clean";
    return FakeHttpScanner.answer(200, "", "{\"verdict\":\"" + verdict + "\"}");
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
}
