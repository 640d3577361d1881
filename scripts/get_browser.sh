#!/usr/bin/env bash
# A Chromium for the tests: the one on the PATH, else Debian's, else Playwright's own.
set -u
bin=$1
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "No Chromium on the PATH: installing Debian's."
  export DEBIAN_FRONTEND=noninteractive
  timeout 300 apt-get update -qq
  timeout 600 apt-get install -y -qq chromium >/dev/null && exit 0
fi
echo "Fetching Playwright's Chromium (at most 10 minutes)."
timeout 600 "$bin/python" -m playwright install chromium && exit 0
if [ "${CI:-}" = true ]; then
  echo "No Chromium could be had; the browser tests need one." >&2
  exit 1
fi
echo "No Chromium could be had: the browser tests will say that they were skipped." >&2
