/// Remembers answers that took time: routes in [RouteCache], what next hops say in [CalloutCache],
/// of which [AnswerKeeper] keeps the part that is to outlive the process.
@NullMarked
package io.gatepost.verification.cache;

import org.jspecify.annotations.NullMarked;
