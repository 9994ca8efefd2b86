/// The content store on files: entry type [FileContentStore].
@NullMarked
package io.gatepost.queue.content;

import org.jspecify.annotations.NullMarked;
