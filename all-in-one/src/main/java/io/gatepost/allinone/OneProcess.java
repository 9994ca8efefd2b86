package io.gatepost.allinone;

import io.gatepost.allinone.start.DataDirectory;
import io.gatepost.allinone.start.Infrastructure;
import io.gatepost.allinone.start.ServiceStart;
import io.gatepost.allinone.start.Settings;
import io.gatepost.allinone.start.StopSequence;
import io.gatepost.allinone.start.Token;
import io.gatepost.edge.listener.SmtpListener;
import io.gatepost.embedded.FreePort;
import io.gatepost.rpc.RpcProperties;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.ConfigurableApplicationContext;

/// The six services in this process, with the broker and the database.
record OneProcess(ConfigurableApplicationContext context) {

  /// Starts all of it; returns when mail is accepted.
  ///
  /// @param overrides settings, `key=value`, that go before the file's
  /// @param stop what is started is noted there
  static OneProcess start(
      Settings settings, DataDirectory directory, List<String> overrides, StopSequence stop) {
    directory.writePid("gatepost", ProcessHandle.current().pid());
    stop.add(() -> directory.removePid("gatepost"));
    Infrastructure infrastructure =
        stop.add(Infrastructure.prepare(settings.data(), FreePort.find(), FreePort.find()));
    List<String> all = new ArrayList<>(infrastructure.settings());
    all.add(Infrastructure.databasePassword(settings.data()));
    // The operator's port always asks for a token, as other accounts reach the loopback address.
    if (!settings.of(RpcProperties.class).asksForToken()) {
      all.add("gatepost.rpc.tokens.operator=" + Token.generate());
    }
    all.addAll(overrides);
    return new OneProcess(
        stop.add(
            ServiceStart.run(AllInOneApplication.class, settings, all, infrastructure::start)));
  }

  /// Where it takes mail.
  InetSocketAddress smtp() {
    return context.getBean(SmtpListener.class).address();
  }
}
