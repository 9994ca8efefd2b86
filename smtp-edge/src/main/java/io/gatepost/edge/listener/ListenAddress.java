package io.gatepost.edge.listener;

import io.gatepost.edge.session.Role;
import java.net.InetSocketAddress;

/// Where to listen, and what for.
///
/// @param setting the key that says so, for complaints
public record ListenAddress(Role role, InetSocketAddress address, String setting) {}
