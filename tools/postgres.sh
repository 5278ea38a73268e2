#!/bin/sh
# A PostgreSQL server of one's own for the tests: on loopback, on a free port, in a folder that goes away with it.
#
#   tools/postgres.sh run make test    start one, run the command with LTCFLOW_POSTGRES set, stop it
#   eval "$(tools/postgres.sh start)"  start one and set LTCFLOW_POSTGRES in this shell
#   tools/postgres.sh stop             stop the one that `start` started
#   tools/postgres.sh crash [again]    kill the one that `start` started, all its processes at once; with `again` it
#                                      is then started anew, at the same address
#   tools/postgres.sh find             say where the programs of PostgreSQL are; exit code 1 where there are none
#   tools/postgres.sh install          install them, where apt-get is there and one may
#
# It needs initdb and postgres: on Debian and Ubuntu the package postgresql, on a Mac `brew install postgresql`.
# PG_BIN names their folder where they are not found. The server refuses to run as root, so root runs it as LTCFLOW_PG_USER
# (postgres, else nobody). PG_HOME names the folder that `start` writes to and `stop` reads (.postgres).
set -eu
cd "$(dirname "$0")/.."
home=${PG_HOME:-$PWD/.postgres}

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $1"; shift; for more in "$@"; do say "  $more"; done; exit 1; }

find_bin() {
    for folder in "${PG_BIN:-}" $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
        /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/pgsql-*/bin \
        "$(dirname "$(command -v initdb 2>/dev/null || echo /none/x)")"; do
        if [ -n "$folder" ] && [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            echo "$folder"
            return
        fi
    done
    return 1
}

install() {
    find_bin >/dev/null && return
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    say "Installing postgresql ..."
    # no cluster of Debian's own: the tests make theirs
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql; } >&2 \
        && find_bin >/dev/null
}

server_user() {
    for user in ${LTCFLOW_PG_USER:-postgres nobody}; do
        if id "$user" >/dev/null 2>&1; then
            echo "$user"
            return
        fi
    done
    fail "root cannot run a PostgreSQL server, and there is neither a user postgres nor nobody." "Set LTCFLOW_PG_USER."
}

# The command as somebody who is not root.
unprivileged() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
    elif command -v setpriv >/dev/null; then
        setpriv --reuid "$(id -u "$user")" --regid "$(id -g "$user")" --clear-groups env HOME=/ "$@"
    elif command -v runuser >/dev/null; then
        runuser -u "$user" -- "$@"
    else
        fail "root needs setpriv or runuser to run a PostgreSQL server as $user." "On Debian: apt-get install util-linux"
    fi
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
    bin=$(find_bin) || fail "there is no PostgreSQL here (initdb, pg_ctl)." \
        "On Debian and Ubuntu: apt-get install postgresql. Elsewhere set PG_BIN to the folder of its programs."
    user=$(id -un)
    data=$(mktemp -d "${TMPDIR:-/tmp}/ltcflow-postgres.XXXXXX")
    if [ "$(id -u)" = 0 ]; then
        user=$(server_user)
        chown "$user" "$data"
    fi
    log=$data/server.log # the server's own; what we say is written by us, who may be another user
    said=$data/said
    ( cd "$data" && unprivileged "$bin/initdb" -D "$data/db" -U ltcflow -A trust -E UTF8 --locale=C -N >"$said" 2>&1 ) \
        || { tail -n 5 "$said" >&2; rm -rf "$data"; fail "initdb failed (see above)."; }
    for attempt in 1 2 3 4 5; do # another program may take the port in between
        port=$(free_port)
        options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60"
        if ( cd "$data" && unprivileged "$bin/pg_ctl" -D "$data/db" -l "$log" -w -t 60 -o "$options" start ) >"$said" 2>&1
        then
            url="postgresql+psycopg://ltcflow@127.0.0.1:$port/postgres"
            return
        fi
    done
    tail -n 5 "$said" "$log" >&2
    rm -rf "$data"
    fail "the PostgreSQL server did not start (see above)."
}

stop() {
    ( cd / && unprivileged "$bin/pg_ctl" -D "$data/db" -m immediate -w stop ) >/dev/null 2>&1 || true
    rm -rf "$data"
}

# SIGKILL for the server and all that works for it; what is started anew recovers by itself.
crash() {
    read -r pid <"$data/db/postmaster.pid"
    pids="$pid $(ps -o pid= --ppid "$pid" | tr '\n' ' ')"
    kill -KILL $pids 2>/dev/null || true
    for attempt in $(seq 200); do
        kill -0 $pids 2>/dev/null || break
        sleep 0.02
    done
}

known() {
    [ -f "$home" ] || fail "none is started ($home is not there)."
    { read -r bin; read -r user; read -r data; read -r url; } <"$home"
}

case ${1:-} in
find) find_bin ;;
install) install ;;
start)
    if [ -f "$home" ]; then
        fail "one is started already ($home)." "Stop it first: tools/postgres.sh stop"
    fi
    start
    printf '%s\n' "$bin" "$user" "$data" "$url" >"$home"
    echo "export LTCFLOW_POSTGRES=$url"
    ;;
stop)
    known
    stop
    rm -f "$home"
    ;;
crash)
    known
    crash
    if [ "${2:-}" = again ]; then
        port=${url##*:}
        options="-p ${port%%/*} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60"
        ( cd "$data" && unprivileged "$bin/pg_ctl" -D "$data/db" -l "$data/server.log" -w -t 60 -o "$options" start ) \
            >"$data/said" 2>&1 || { cat "$data/said" >&2; fail "the server did not start again (see above)."; }
    fi
    ;;
run)
    shift
    [ $# -gt 0 ] || fail "say what to run: tools/postgres.sh run make test"
    start
    trap stop EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    LTCFLOW_POSTGRES=$url "$@"
    ;;
*) fail "say find, install, start, stop, crash or run COMMAND" ;;
esac
