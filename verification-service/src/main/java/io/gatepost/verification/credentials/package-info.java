/// Is this client who it says it is? Entry type [Credentials]. Knows no SMTP.
@NullMarked
package io.gatepost.verification.credentials;

import org.jspecify.annotations.NullMarked;
