#!/usr/bin/env bash
# Runs Electron as the user `nobody` where the tests run as root: Chromium has no sandbox under root, and the app insists on one.
# Stands where the executable stands.   ELECTRON_BINARY: the real one.   ELECTRON_HOME: a folder that this run may fill.
set -euo pipefail
mkdir -p "$ELECTRON_HOME/run"
[ -z "${XAUTHORITY:-}" ] || cp "$XAUTHORITY" "$ELECTRON_HOME/xauthority"
chmod 700 "$ELECTRON_HOME/run"
chown -R nobody "$ELECTRON_HOME"
exec setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups env HOME="$ELECTRON_HOME" XDG_CONFIG_HOME="$ELECTRON_HOME" \
  XDG_RUNTIME_DIR="$ELECTRON_HOME/run" TMPDIR="$ELECTRON_HOME" XAUTHORITY="$ELECTRON_HOME/xauthority" "$ELECTRON_BINARY" "$@"
