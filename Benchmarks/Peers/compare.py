#!/usr/bin/env python3
"""Runs the linear workflow of four steps with Sayiir for Swift and its peers on one PostgreSQL, in turns, and prints a table.

Starts a server of its own with Debian's programs, with synchronous_commit=on, and removes it afterwards. Needs the packages
sayiir and dbos (requirements.txt), and the program linear-postgres in release mode: scripts/bench-peers sees to both.
"""
import argparse
import json
import os
import pathlib
import pwd
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
DURABLE = "-c%20synchronous_commit%3Don"


def server_programs() -> pathlib.Path:
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    program = shutil.which("postgres")
    if program is None:
        sys.exit("compare: no PostgreSQL server is installed")
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
        subprocess.run(command, check=True, user=self.user, stdout=subprocess.DEVNULL, cwd=self.folder)

    def __enter__(self) -> "Server":
        data = str(self.folder / "data")
        self.run(str(self.programs / "initdb"), "-D", data, "-U", "sayiir", "-E", "UTF8", "--locale=C", "-A", "trust")
        options = f"-k {self.folder} -c listen_addresses= -c synchronous_commit=on"
        self.run(str(self.programs / "pg_ctl"), "-D", data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        return self

    def database(self, name: str) -> str:
        self.run(str(self.programs / "createdb"), "-h", str(self.folder), "-U", "sayiir", name)
        return f"postgresql://sayiir@localhost/{name}?host={self.folder}&options={DURABLE}"

    def __exit__(self, *_) -> None:
        data = str(self.folder / "data")
        subprocess.run([str(self.programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop"], user=self.user,
                       stdout=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


def measure(command: list[str], url: str, seconds: float, concurrency: int) -> dict:
    run = subprocess.run([*command, url, str(seconds), str(concurrency)], capture_output=True, text=True,
                         timeout=seconds * 10 + 60)
    if run.returncode != 0:
        sys.exit(f"compare: {' '.join(command)} failed:\n{run.stderr}")
    return json.loads(run.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, action="append")
    arguments = parser.parse_args()
    programs = {
        "swift": [str(HERE.parent / ".build/release/linear-postgres")],
        "sayiir": [sys.executable, str(HERE / "linear_sayiir.py")],
        "dbos": [sys.executable, str(HERE / "linear_dbos.py")],
    }
    print("durability: synchronous_commit=on, fsync=on; 4 steps a workflow; medians of rounds taken in turns\n")
    print(f"{'':24}{'at once':>8}{'workflows/s':>14}{'steps/s':>10}{'of Swift':>10}")
    with Server() as server:
        urls = {name: server.database(name) for name in programs}
        for concurrency in arguments.concurrency or [1, 16, 64]:
            rates: dict[str, list[float]] = {}
            titles: dict[str, str] = {}
            for _ in range(arguments.rounds):
                for name, command in programs.items():
                    result = measure(command, urls[name], arguments.seconds, concurrency)
                    rates.setdefault(name, []).append(result["workflows_per_second"])
                    titles[name] = result["name"]
            ours = statistics.median(rates["swift"])
            for name in programs:
                rate = statistics.median(rates[name])
                print(f"{titles[name]:24}{concurrency:>8}{rate:>14.1f}{4 * rate:>10.0f}{rate / ours:>10.3f}", flush=True)


main()
