/// Questions to a running suite over HTTP, a class for each command, such as [QueueCommand];
/// [OperatorPort] says where the suite answers. Knows no Spring but the annotations of the ports,
/// as Spring's HTTP client takes longer to load than the answer takes to come.
@NullMarked
package io.gatepost.cli.operator;

import org.jspecify.annotations.NullMarked;
