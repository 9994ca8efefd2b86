/// Stored content as it is read back: checked against the digest of its envelope. Entry type
/// [StoredContent]. Stands apart from the port that it reads by, as it knows how calls fail.
@NullMarked
package io.gatepost.contract.content;

import org.jspecify.annotations.NullMarked;
