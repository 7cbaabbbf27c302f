#!/usr/bin/env python3
"""Starts a private PostgreSQL server, prints the address of a database in it, and removes all of it when its input ends.

fsync is on as always, and synchronous_commit too, whatever a client would rather have.
"""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile

DURABLE = "-c%20synchronous_commit%3Don"


def server_programs() -> pathlib.Path:
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    program = shutil.which("postgres")
    if program is None:
        raise FileNotFoundError("no PostgreSQL server is installed")
    return pathlib.Path(program).parent


class Server:
    """A private server on a socket in a temporary directory. PostgreSQL refuses to run as root, so then somebody else does."""

    def __init__(self) -> None:
        self.programs = server_programs()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sayiir-peers-", dir="/tmp"))
        self.user = None
        if os.geteuid() == 0:
            names = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in names else "nobody"
            shutil.chown(self.folder, self.user)

    def run(self, *command: str) -> None:
        subprocess.run(command, check=True, user=self.user, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       cwd=self.folder)

    def __enter__(self) -> "Server":
        data = str(self.folder / "data")
        try:
            self.run(str(self.programs / "initdb"), "-D", data, "-U", "sayiir", "-E", "UTF8", "--locale=C", "-A", "trust")
            options = f"-k {self.folder} -c listen_addresses= -c synchronous_commit=on -c max_connections=300"
            self.run(str(self.programs / "pg_ctl"), "-D", data, "-w", "-l", str(self.folder / "log"), "-o", options,
                     "start")
        except BaseException:
            self.__exit__()
            raise
        return self

    def database(self, name: str) -> str:
        self.run(str(self.programs / "createdb"), "-h", str(self.folder), "-U", "sayiir", name)
        return f"postgresql://sayiir@localhost/{name}?host={self.folder}&options={DURABLE}"

    def __exit__(self, *_) -> None:
        subprocess.run([str(self.programs / "pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "stop"],
                       user=self.user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> None:
    # A terminal's signals go to whoever started this, and its end is what ends this.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    with Server() as server:
        print(server.database("bench"), flush=True)
        sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
