#!/bin/sh
# The command line inside a container.
exec java $JAVA_OPTS --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp '/opt/gatepost/lib/*' io.gatepost.allinone.Gatepost "$@"
