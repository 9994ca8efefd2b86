/// `run --split`: the services as processes of one machine, started, watched and stopped together.
/// Entry type [SplitSuite]. Knows of a service only how to start it.
@NullMarked
package io.gatepost.allinone.split;

import org.jspecify.annotations.NullMarked;
