"""The linear workflow of four steps with the Python package sayiir on PostgreSQL: prints one line of JSON."""
import json
import sys
import threading
import time
import uuid

from sayiir import Flow, PostgresBackend, run_durable_workflow, task


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


def main(url: str, seconds: float, concurrency: int) -> None:
    workflow = Flow("linear").then(step_1).then(step_2).then(step_3).then(step_4).build()
    backend = PostgresBackend(url)
    run_durable_workflow(workflow, f"warm-{uuid.uuid4()}", 1, backend=backend)
    counts = [0] * concurrency
    start = time.monotonic()

    def run(lane: int) -> None:
        while time.monotonic() - start < seconds:
            status = run_durable_workflow(workflow, str(uuid.uuid4()), 1, backend=backend)
            assert status.output == 5, status
            counts[lane] += 1

    threads = [threading.Thread(target=run, args=(lane,)) for lane in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(counts) / (time.monotonic() - start)
    print(json.dumps({"name": "sayiir (Python)", "concurrency": concurrency, "workflows_per_second": rate}))


main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
