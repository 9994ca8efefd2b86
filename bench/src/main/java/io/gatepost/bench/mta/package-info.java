/// The mail systems that are compared: how each is configured, started and stopped. Entry type
/// [MailSystem]. Each runs with its own configuration and spool in a directory of the run's own, on
/// loopback.
@NullMarked
package io.gatepost.bench.mta;

import org.jspecify.annotations.NullMarked;
