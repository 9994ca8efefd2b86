/// Saying who we are with AUTH (RFC 4954): entry types [Credentials] and [SaslExchange]. Knows no
/// session and no socket.
@NullMarked
package io.gatepost.smtp.client.auth;

import org.jspecify.annotations.NullMarked;
