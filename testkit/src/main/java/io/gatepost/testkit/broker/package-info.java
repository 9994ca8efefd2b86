/// Kafka brokers as processes of their own, to be killed. Entry types [BrokerProcess] and
/// [ThreeBrokers].
@NullMarked
package io.gatepost.testkit.broker;

import org.jspecify.annotations.NullMarked;
