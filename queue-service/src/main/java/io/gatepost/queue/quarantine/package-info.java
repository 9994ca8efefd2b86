/// Messages that are put aside: an index in PostgreSQL, content beside the content store. Entry
/// types [QuarantineIntake] for the mail, `Quarantine` for the operator.
@NullMarked
package io.gatepost.queue.quarantine;

import org.jspecify.annotations.NullMarked;
