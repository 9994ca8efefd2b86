/// The commands that look at routing before anything runs: entry type [RoutesCommand]. They bind
/// settings as `run` does, and start no Spring context.
@NullMarked
package io.gatepost.allinone.routes;

import org.jspecify.annotations.NullMarked;
