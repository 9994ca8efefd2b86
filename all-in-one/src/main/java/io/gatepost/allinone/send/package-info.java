/// `send`: a small SMTP client for the command line. Entry type [Submission]. Knows nothing of the
/// services.
@NullMarked
package io.gatepost.allinone.send;

import org.jspecify.annotations.NullMarked;
