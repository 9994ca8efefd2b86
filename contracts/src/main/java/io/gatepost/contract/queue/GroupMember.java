package io.gatepost.contract.queue;

import java.util.Optional;

/// A member of the consumer group of delivery-service, as the broker knows it: what tells an owner
/// of a partition from an earlier one.
///
/// @param id given by the broker when it joined
/// @param instance its static name, where it has one
/// @param generation of the group: it goes up when the members or their shares change
public record GroupMember(String id, Optional<String> instance, int generation) {}
