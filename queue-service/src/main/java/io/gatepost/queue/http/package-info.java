/// The Queue port over HTTP.
@NullMarked
package io.gatepost.queue.http;

import org.jspecify.annotations.NullMarked;
