/// The real product as a child process: entry type [GatepostProcess]. Knows it only by its command
/// line, its ready line, its exit status and its data directory.
@NullMarked
package io.gatepost.testkit.product;

import org.jspecify.annotations.NullMarked;
