"""The linear workflow of four steps with DBOS on PostgreSQL: prints one line of JSON."""
import json
import logging
import sys
import threading
import time

from dbos import DBOS

url, seconds, concurrency = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
DBOS(config={"name": "linear", "system_database_url": url, "log_level": "ERROR", "run_admin_server": False})
logging.disable(logging.CRITICAL)


@DBOS.step()
def step(value: int) -> int:
    return value + 1


@DBOS.workflow()
def linear(value: int) -> int:
    for _ in range(4):
        value = step(value)
    return value


def main() -> None:
    DBOS.launch()
    linear(1)
    counts = [0] * concurrency
    start = time.monotonic()

    def run(lane: int) -> None:
        while time.monotonic() - start < seconds:
            assert linear(1) == 5
            counts[lane] += 1

    threads = [threading.Thread(target=run, args=(lane,)) for lane in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = sum(counts) / (time.monotonic() - start)
    print(json.dumps({"name": "DBOS (Python)", "concurrency": concurrency, "workflows_per_second": rate}))
    DBOS.destroy()


main()
