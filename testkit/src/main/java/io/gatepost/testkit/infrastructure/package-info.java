/// The broker and the database that tests of one process use: containers where a Docker engine can
/// run them, else the embedded ones. Entry types [TestBroker] and [TestDatabase]; [ContainerUse] is
/// the switch. Tests that need the broker's directory, its end or its faults start an
/// [io.gatepost.embedded.EmbeddedBroker] or [io.gatepost.testkit.broker.ThreeBrokers] of their own.
@NullMarked
package io.gatepost.testkit.infrastructure;

import org.jspecify.annotations.NullMarked;
