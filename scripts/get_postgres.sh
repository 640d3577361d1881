#!/usr/bin/env bash
# A PostgreSQL with PostGIS for the tests, from the distribution; the tests start their own.
set -u
there() {
  for bin in /usr/lib/postgresql/*/bin; do
    version=$(basename "$(dirname "$bin")")
    if [ -x "$bin/initdb" ] && [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then
      return 0
    fi
  done
  return 1
}
if there; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "Installing the distribution's PostgreSQL and PostGIS."
  export DEBIAN_FRONTEND=noninteractive
  if ! command -v pg_createcluster >/dev/null 2>&1; then
    # The package would start a server of its own; the tests need none.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/no-main-cluster.conf
  fi
  timeout 300 apt-get update -qq
  version=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' |
    sed -E 's/^postgresql-([0-9]+)-postgis-3 .*/\1/' | sort -n | tail -1)
  if [ -n "$version" ]; then
    timeout 600 apt-get install -y -qq --no-install-recommends \
      "postgresql-$version" "postgresql-$version-postgis-3" >/dev/null
  fi
  if there; then exit 0; fi
fi
if [ "${CI:-}" = true ]; then
  echo "No PostgreSQL with PostGIS could be had; the tests of the library need one." >&2
  exit 1
fi
echo "No PostgreSQL with PostGIS: the tests against it will say that they were skipped." >&2
