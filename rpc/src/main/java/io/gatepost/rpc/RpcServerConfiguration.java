package io.gatepost.rpc;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.contract.wire.ContractJson;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.time.Instant;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.codec.CodecCustomizer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.reactive.ConfigurableReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.http.codec.json.JacksonJsonEncoder;

/// Beans of a process that answers a port over HTTP: codecs, credentials, deadlines, errors. Import
/// it beside the controllers.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RpcProperties.class)
@Import({RpcErrors.class, HostGuardConfiguration.class})
public class RpcServerConfiguration {

  @Bean
  RpcServerFilter rpcServerFilter(RpcProperties properties, ObjectProvider<MeterRegistry> meters) {
    return new RpcServerFilter(
        new CallPermissions(properties, Instant::now),
        new RefusedCalls(meters.getIfAvailable(SimpleMeterRegistry::new)));
  }

  @Bean
  CodecCustomizer frameCodecs() {
    return codecs -> {
      codecs.defaultCodecs().jacksonJsonEncoder(new JacksonJsonEncoder(ContractJson.MAPPER));
      codecs.defaultCodecs().jacksonJsonDecoder(new JacksonJsonDecoder(ContractJson.MAPPER));
      codecs.defaultCodecs().maxInMemorySize(RpcClients.MAX_IN_MEMORY_OCTETS);
      FrameCodecs.register(codecs.customCodecs());
    };
  }

  /// Without credentials nobody but this machine may call.
  @Bean
  WebServerFactoryCustomizer<ConfigurableReactiveWebServerFactory> loopbackWithoutToken(
      RpcProperties properties, Environment environment) {
    return factory -> {
      InetAddress address =
          environment.getProperty(
              "server.address", InetAddress.class, InetAddress.getLoopbackAddress());
      if (!properties.asksForToken() && !address.isLoopbackAddress()) {
        throw new SettingException(
            "server.address",
            address.getHostAddress(),
            "a loopback address, as neither gatepost.rpc.token nor gatepost.rpc.tokens is set");
      }
      factory.setAddress(address);
    };
  }
}
