/// Is this address good? Entry type [VerificationConfiguration].
@NullMarked
package io.gatepost.verification;

import org.jspecify.annotations.NullMarked;
