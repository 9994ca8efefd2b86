/// Meaning of a next hop's answer for an address: entry type [CalloutJudge]. Pure: values in,
/// values out; who asks and who remembers is elsewhere.
@NullMarked
package io.gatepost.verification.callout;

import org.jspecify.annotations.NullMarked;
