/// Constant databases on disk: entry type [CdbFile]. Knows octets only, nothing of mail.
@NullMarked
package io.gatepost.routing.cdb;

import org.jspecify.annotations.NullMarked;
