"""The linear workflow of four steps with the Python package sayiir: prints one line of JSON.

linear_sayiir.py plain|memory|postgres LOCATION SECONDS FLOWS

`plain` runs it without any backend, `memory` with checkpoints in its backend in memory, `postgres` on a server.
"""
import sys
import uuid

import lanes
from sayiir import Flow, InMemoryBackend, PostgresBackend, run_durable_workflow, run_workflow, task


@task
def step_1(value: int) -> int:
    return value + 1


@task
def step_2(value: int) -> int:
    return value + 1


@task
def step_3(value: int) -> int:
    return value + 1


@task
def step_4(value: int) -> int:
    return value + 1


def main(kind: str, location: str, seconds: float, flows: int) -> None:
    workflow = Flow("linear").then(step_1).then(step_2).then(step_3).then(step_4).build()
    if kind == "plain":
        return lanes.measure(lambda: run_workflow(workflow, 1), seconds, flows)
    backend = InMemoryBackend() if kind == "memory" else PostgresBackend(location)
    lanes.measure(
        lambda: run_durable_workflow(workflow, str(uuid.uuid4()), 1, backend=backend).output, seconds, flows)


main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
