#!/bin/sh
# The command line inside a container, with the launcher's heap.
exec java -Xmx"${GATEPOST_HEAP:-384m}" $JAVA_OPTS --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp '/opt/gatepost/lib/*' io.gatepost.allinone.Gatepost "$@"
