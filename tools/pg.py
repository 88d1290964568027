"""Run a command against a PostgreSQL server of its own: python tools/pg.py COMMAND …

A cluster in a temporary folder, on a free loopback port, is started before and removed after. The
command finds its address in GRIDWELL_TEST_DATABASE_URL and DATABASE_URL. Exit code of the command;
77 when no PostgreSQL is on this machine.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOT_HERE = 77
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "60",
    "log_min_messages": "fatal",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "jit": "off",
}


#: In memory where the machine has room for it there; a few runs at once take less.
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
ROOM = 2 * 1024**3


def _folder() -> Path:
    """Make the folder of a cluster, in memory if there is room."""
    has_room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix="gridwell-pg-", dir=IN_MEMORY if has_room else None))


def find_programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, newest version first, or None."""
    if found := shutil.which("pg_ctl"):
        return Path(found).parent
    for root in (Path("/usr/lib/postgresql"), Path("/usr/local/pgsql"), Path("/opt/homebrew/opt")):
        for pg_ctl in sorted(root.glob("*/bin/pg_ctl"), reverse=True):
            return pg_ctl.parent
    return None


def _as_owner() -> list[str]:
    """Return the prefix that runs as somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["runuser", "-u", _owner().pw_name, "--"]


def _owner() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """Yield the address of a fresh server; it is stopped and deleted at the end."""
    folder = _folder()
    if os.geteuid() == 0:
        os.chown(folder, _owner().pw_uid, _owner().pw_gid)
    data = folder / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    prefix = _as_owner()
    pg_ctl = [*prefix, str(programs / "pg_ctl"), "-D", str(data), "-s"]
    try:
        init = [str(programs / "initdb"), "-D", str(data), "-U", "gridwell", "-A", "trust"]
        subprocess.run(
            [*prefix, *init, "-E", "UTF8", "--locale=C", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
        log = str(folder / "log")
        subprocess.run(
            [*pg_ctl, "-w", "-l", log, "-o", f"-p {port} {options}", "start"],
            check=True,
            cwd=folder,
        )
        try:
            yield f"postgresql://gridwell@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*pg_ctl, "-m", "immediate", "stop"], check=False, cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run a command against a fresh server and return its exit code."""
    programs = find_programs()
    if programs is None:
        print("PostgreSQL is not on this machine.", file=sys.stderr)
        return NOT_HERE
    with cluster(programs) as url:
        env = os.environ | {"GRIDWELL_TEST_DATABASE_URL": url, "DATABASE_URL": url}
        return subprocess.run(command, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
