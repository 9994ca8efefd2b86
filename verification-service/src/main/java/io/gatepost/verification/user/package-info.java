/// Names of users: entry type [UserName].
@NullMarked
package io.gatepost.verification.user;

import org.jspecify.annotations.NullMarked;
