/// The round of a message through a filter that changes it: shown to the filter by SMTP, and given
/// back by SMTP, before the client has its reply. Entry type
/// [io.gatepost.edge.filter.MessageFilter]. Knows no socket.
@NullMarked
package io.gatepost.edge.filter;

import org.jspecify.annotations.NullMarked;
