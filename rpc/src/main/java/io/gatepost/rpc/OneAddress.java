package io.gatepost.rpc;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// A resolver for which every name has the same address: so the URL keeps its name, by which the
/// other end's certificate is checked, and the connection goes to one instance.
final class OneAddress extends AddressResolverGroup<InetSocketAddress> {

  private final InetAddress address;

  OneAddress(InetAddress address) {
    this.address = address;
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {
      @Override
      protected boolean doIsResolved(InetSocketAddress asked) {
        return !asked.isUnresolved();
      }

      @Override
      protected void doResolve(InetSocketAddress asked, Promise<InetSocketAddress> found) {
        found.setSuccess(new InetSocketAddress(address, asked.getPort()));
      }

      @Override
      protected void doResolveAll(InetSocketAddress asked, Promise<List<InetSocketAddress>> found) {
        found.setSuccess(List.of(new InetSocketAddress(address, asked.getPort())));
      }
    };
  }
}
