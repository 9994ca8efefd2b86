package io.gatepost.routing;

import io.gatepost.contract.setting.SettingException;
import io.gatepost.gate.Gate;
import io.gatepost.gate.ScarceResource;
import io.gatepost.routing.chain.HostLookup;
import io.gatepost.routing.ldap.LdapProperties;
import io.gatepost.routing.ldap.LdapSource;
import io.gatepost.rpc.process.SuiteSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.UncheckedIOException;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.type.AnnotatedTypeMetadata;

/// The LDAP source, where a directory is configured.
@Configuration(proxyBeanMethods = false)
@Conditional(LdapConfiguration.IsConfigured.class)
class LdapConfiguration {

  private static final String KEY = "gatepost.routing.ldap";

  /// Some key of the source is set.
  static final class IsConfigured implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return Binder.get(context.getEnvironment())
          .bind(KEY, Bindable.mapOf(String.class, Object.class))
          .map(keys -> !keys.isEmpty())
          .orElse(false);
    }
  }

  @Bean
  Gate ldapGate(RoutingProperties properties) {
    return LdapSource.gate(settings(properties));
  }

  @Bean
  LdapSource ldapSource(
      RoutingProperties properties,
      HostLookup hosts,
      SuiteSettings suite,
      ObjectProvider<SslBundles> bundles,
      @Qualifier("ldapGate") Gate ldapGate,
      MeterRegistry meters) {
    LdapProperties settings = settings(properties);
    Supplier<SSLContext> context = context(settings.bundle(), bundles.getIfAvailable());
    return new LdapSource(settings, context, hosts, suite.hostname(), ldapGate, meters);
  }

  @Bean
  ScarceResource ldapQuestions(@Qualifier("ldapSource") LdapSource source) {
    return source.questions();
  }

  private static LdapProperties settings(RoutingProperties properties) {
    return Objects.requireNonNull(properties.ldap(), KEY);
  }

  /// The bundle as it is now, for each connection; the JVM's own trust store without one. Throws
  /// [SettingException] where the bundle cannot be used at the start.
  private static Supplier<SSLContext> context(String name, @Nullable SslBundles bundles) {
    if (name.isBlank()) {
      return LdapConfiguration::ofTheJvm;
    }
    try {
      if (bundles == null) {
        throw new NoSuchSslBundleException(name, "there are no bundles");
      }
      bundles.getBundle(name).createSslContext();
      return () -> bundles.getBundle(name).createSslContext();
    } catch (NoSuchSslBundleException e) {
      throw new SettingException(
          KEY + ".bundle", name, "the name of a bundle of spring.ssl.bundle");
    } catch (IllegalStateException | UncheckedIOException e) {
      throw new SettingException(
          KEY + ".bundle", name, "a bundle that can be read: " + e.getMessage());
    }
  }

  private static SSLContext ofTheJvm() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JVM has no TLS", e);
    }
  }
}
