/// Settings and the files that they name: entry types [SettingException], [FollowedFile] and
/// [OwnHostName].
@NullMarked
package io.gatepost.contract.setting;

import org.jspecify.annotations.NullMarked;
