/// Other people's programs, run confined: a user of their own, no network, limits, nothing left
/// behind. Entry type [ProgramRunner]. Knows no Spring beyond its buffers, and nothing of mail.
@NullMarked
package io.gatepost.program;

import org.jspecify.annotations.NullMarked;
