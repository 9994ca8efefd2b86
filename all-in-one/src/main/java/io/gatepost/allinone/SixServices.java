package io.gatepost.allinone;

import io.gatepost.allinone.start.ServiceStart;
import io.gatepost.allinone.start.Settings;
import io.gatepost.allinone.start.StopSequence;
import io.gatepost.edge.listener.SmtpListener;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.context.ConfigurableApplicationContext;

/// The six services in this process, each as if it were alone in one of its own: they call each
/// other over HTTP. For the training of a start where there is no broker and no database.
///
/// @param smtp where the edge takes mail
record SixServices(InetSocketAddress smtp) {

  /// In an order in which each is told where those are that it calls.
  private static final List<Service> IN_ORDER =
      List.of(
          Service.ROUTING,
          Service.VERIFICATION,
          Service.QUEUE,
          Service.SCANNER,
          Service.DELIVERY,
          Service.EDGE);

  /// Starts all of them on free ports of the loopback address; returns when clients may connect.
  ///
  /// @param overrides settings, `key=value`, that go before the file's
  /// @param stop what is started is noted there
  static SixServices start(Settings settings, List<String> overrides, StopSequence stop) {
    List<String> all = new ArrayList<>(overrides);
    ConfigurableApplicationContext last = null;
    for (Service service : IN_ORDER) {
      last = stop.add(ServiceStart.run(service.application(), settings, all));
      all.add(
          "gatepost.rpc.%s=%s"
              .formatted(service.name().toLowerCase(Locale.ROOT), ServiceStart.httpUrl(last)));
    }
    if (last == null) {
      throw new IllegalStateException("no service");
    }
    return new SixServices(last.getBean(SmtpListener.class).address());
  }
}
