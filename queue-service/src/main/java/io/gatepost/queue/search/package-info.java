/// Conditions of searches as PostgreSQL compares them. Entry type [SearchTerms]. Pure.
@NullMarked
package io.gatepost.queue.search;

import org.jspecify.annotations.NullMarked;
