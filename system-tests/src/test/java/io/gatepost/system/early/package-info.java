/// Early delivery in a whole suite: the message is at its next hop before the client's 250, and no
/// disk was touched.
@NullMarked
package io.gatepost.system.early;

import org.jspecify.annotations.NullMarked;
