/// SMTP replies: entry type [Reply]; every reply text that Gatepost gives of its own accord stands
/// in [Replies].
@NullMarked
package io.gatepost.contract.reply;

import org.jspecify.annotations.NullMarked;
