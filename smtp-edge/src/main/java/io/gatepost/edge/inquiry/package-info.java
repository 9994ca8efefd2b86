/// Questions to the DNS about clients, from the moment of connecting on: whether DNS lists have
/// them, and their names. Answers are kept by address, so that a client that comes again costs one
/// look-up in memory. Entry type [ClientInquiries].
@NullMarked
package io.gatepost.edge.inquiry;

import org.jspecify.annotations.NullMarked;
