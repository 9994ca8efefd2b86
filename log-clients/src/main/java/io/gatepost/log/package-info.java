/// The Kafka clients of the log, made by Spring's factories from `spring.kafka.*`: entry type
/// [BrokerClients]. Knows no topic and no record; what is read and written belongs to the services.
@NullMarked
package io.gatepost.log;

import org.jspecify.annotations.NullMarked;
