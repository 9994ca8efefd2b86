package io.gatepost.edge.listener;

import io.gatepost.edge.session.RecipientMemory;
import io.gatepost.edge.session.SharedQuota;

/// The memory, and the connections in TLS, that all sessions share.
///
/// @param recipients of open transactions
/// @param input octets that were received and not used yet
/// @param tls connections in TLS
record SharedResources(RecipientMemory recipients, InputMemory input, SharedQuota tls) {}
