/// Events of a message: entry type [OutcomeRecord]; topic names stand in [Topics].
@NullMarked
package io.gatepost.contract.event;

import org.jspecify.annotations.NullMarked;
