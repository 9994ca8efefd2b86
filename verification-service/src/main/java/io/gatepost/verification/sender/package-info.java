/// May this user use this sender? Entry type [SenderOwner]. Pure: values in, values out.
@NullMarked
package io.gatepost.verification.sender;

import org.jspecify.annotations.NullMarked;
