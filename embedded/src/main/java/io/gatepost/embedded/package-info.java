/// The broker and the database that the one-machine modes bring along. Entry types
/// [EmbeddedBroker], [EmbeddedDatabase] and [SupervisedDatabase]. Knows nothing of mail.
@NullMarked
package io.gatepost.embedded;

import org.jspecify.annotations.NullMarked;
