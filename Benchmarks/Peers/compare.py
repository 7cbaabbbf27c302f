#!/usr/bin/env python3
"""Runs the linear workflow of four steps with Sayiir for Swift and its peers, each in a process of its own, in turns, and prints a table.

On PostgreSQL all share one server, which is started here and removed afterwards, with synchronous_commit=on. scripts/bench-peers builds the
program linear-flow and installs the peers; what is not there is left out, and said so. With --json, the results are also
written as rows of the benchmarks' results.
"""
import argparse
import contextlib
import dataclasses
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from server import Server

HERE = pathlib.Path(__file__).resolve().parent
BUILD = HERE.parent / ".build"
SWIFT = str(BUILD / "release/linear-flow")
STEPS = 4
SYNCED, BUFFERED, MEMORY = "synced", "buffered", "none (memory)"


@dataclasses.dataclass
class Program:
    """One engine on one kind of storage."""

    title: str
    command: list[str]
    storage: str  # "memory", "file" or "postgres"
    durability: str
    note: str | None = None
    rates: list[float] = dataclasses.field(default_factory=list)


def version(environment: str, package: str) -> str | None:
    """The package's version in an environment, if it is there."""
    python = BUILD / environment / "bin/python"
    if not python.exists():
        return None
    text = f"import importlib.metadata as m; print(m.version('{package}'))"
    run = subprocess.run([str(python), "-c", text], capture_output=True, text=True, check=False)
    return run.stdout.strip() if run.returncode == 0 else None


def programs(left_out: list[dict]) -> list[Program]:
    """All that can be run here."""
    ours = "Sayiir (Swift)"
    found = [
        Program(f"{ours} in memory", [SWIFT, "memory"], "memory", MEMORY),
        Program(f"{ours} on its log", [SWIFT, "log"], "file", SYNCED),
        Program(f"{ours} on PostgreSQL", [SWIFT, "postgres"], "postgres", SYNCED),
    ]

    def peer(environment: str, package: str, name: str, script: str, kinds: list[tuple]) -> None:
        there = version(environment, package)
        if there is None:
            reason = f"{package} is not installed in .build/{environment}: pip could not, or was not there"
            return left_out.append({"part": "peers", "reason": reason})
        command = [str(BUILD / environment / "bin/python"), str(HERE / script)]
        for where, arguments, storage, durability, note in kinds:
            found.append(Program(f"{name} {there} (Python) {where}", command + arguments, storage, durability, note))

    seed = [
        ("without a backend", ["plain"], "memory", MEMORY, "keeps no state of the instance at all"),
        ("in memory", ["memory"], "memory", MEMORY, "checkpoints in its backend in memory"),
        ("on PostgreSQL", ["postgres"], "postgres", SYNCED, None),
    ]
    peer("peers-0.4", "sayiir", "sayiir", "linear_sayiir.py", seed)
    peer("peers", "sayiir", "sayiir", "linear_sayiir.py", seed)
    peer("peers", "dbos", "DBOS", "linear_dbos.py", [
        ("on SQLite", [], "file", SYNCED, None), ("on PostgreSQL", [], "postgres", SYNCED, None)])
    unsynced = "its commits to SQLite are not synced, as system calls show; options as they are by default"
    peer("peers", "duroxide", "duroxide", "linear_duroxide.py", [("on SQLite", [], "file", BUFFERED, unsynced)])
    return found


class Locations:
    """Where each program keeps its instances: a database or a file of its own."""

    def __init__(self, server: Server | None, folder: pathlib.Path) -> None:
        self.server = server
        self.folder = folder
        self.databases: dict[str, str] = {}
        self.count = 0

    def of(self, program: Program) -> str:
        self.count += 1
        if program.storage == "memory":
            return "-"
        if program.storage == "postgres":
            if program.title not in self.databases:
                self.databases[program.title] = self.server.database(f"peer_{len(self.databases)}")
            return self.databases[program.title]
        path = str(self.folder / f"store-{self.count}")
        return f"sqlite:///{path}" if "linear_dbos.py" in program.command[-1] else path


def measure(program: Program, location: str, seconds: float, flows: int) -> float | str:
    """Workflows a second, or what went wrong."""
    limit = seconds * 10 + 60
    try:
        run = subprocess.run([*program.command, location, str(seconds), str(flows)], capture_output=True, text=True,
                             timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {limit:.0f} s"
    if run.returncode != 0 or not run.stdout.strip():
        return f"status {run.returncode}: {(run.stderr.strip().splitlines() or ['no output'])[-1]}"
    return json.loads(run.stdout.splitlines()[-1])["workflows_per_second"]


def row(program: Program, ours: Program, flows: int) -> dict:
    """A row of the benchmarks' results."""
    rate = statistics.median(program.rates)
    result = {
        "part": "peers", "name": "linear", "variant": program.title,
        "parameters": {"flows": flows, "steps": STEPS}, "value": STEPS * rate, "unit": "steps/s", "bars": [],
        "durability": program.durability,
    }
    if program.note:
        result["note"] = program.note
    if program is not ours and ours.rates:
        per_round = [one / other for one, other in zip(program.rates, ours.rates) if other > 0]
        result["floor"] = {"name": ours.title, "value": STEPS * statistics.median(ours.rates), "unit": "steps/s",
                           "ratio": statistics.median(per_round), "perRound": per_round}
    return result


def compare(found: list[Program], flows: int, rounds: int, seconds: float, locations: Locations,
            left_out: list[dict]) -> list[dict]:
    """Each program's row, measured in turns."""
    for program in found:
        program.rates = []
    failed: set[str] = set()
    for _ in range(rounds):
        for program in found:
            if program.title in failed:
                continue
            rate = measure(program, locations.of(program), seconds, flows)
            if isinstance(rate, str):
                failed.add(program.title)
                left_out.append({"part": "peers", "reason": f"{program.title}, {flows} at once: {rate}"})
            else:
                program.rates.append(rate)
    ours = {program.storage: program for program in found if program.command[0] == SWIFT}
    measured = [program for program in found if program.title not in failed and program.rates]
    return [row(program, ours[program.storage], flows) for program in measured]


def show(rows: list[dict]) -> None:
    for one in rows:
        ratio = f"{one['floor']['ratio']:.3f}" if "floor" in one else ""
        flows, value = one["parameters"]["flows"], one["value"]
        print(f"{one['variant']:44}{flows:>8}{value / STEPS:>14.1f}{value:>10.0f}{ratio:>9}  {one['durability']}",
              flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3, help="how long each program runs")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    parser.add_argument("--flows", type=int, action="append", help="how many at once (repeatable)")
    parser.add_argument("--scratch", default=str(BUILD), help="where files are made and removed")
    parser.add_argument("--json", help="where results go as JSON")
    parser.add_argument("--quiet", action="store_true", help="prints no table")
    arguments = parser.parse_args()
    left_out: list[dict] = []
    rows: list[dict] = []
    found = programs(left_out)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="peers-", dir=arguments.scratch)).resolve()
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            server = stack.enter_context(Server())
        except (OSError, subprocess.CalledProcessError) as failure:
            server = None
            left_out.append({"part": "peers", "reason": f"PostgreSQL: {failure}"})
            found = [program for program in found if program.storage != "postgres"]
        if not arguments.quiet:
            print("4 steps a workflow; medians of rounds taken in turns; 'of ours' is beside Sayiir for Swift on the same storage\n")
            print(f"{'':44}{'at once':>8}{'workflows/s':>14}{'steps/s':>10}{'of ours':>9}  durability")
        locations = Locations(server, folder)
        for flows in arguments.flows or [1, 16, 64]:
            new = compare(found, flows, arguments.rounds, arguments.seconds, locations, left_out)
            rows += new
            if not arguments.quiet:
                show(new)
    for one in left_out if not arguments.quiet else []:
        print(f"left out: {one['reason']}", file=sys.stderr)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(json.dumps({"rows": rows, "leftOut": left_out}))


main()
