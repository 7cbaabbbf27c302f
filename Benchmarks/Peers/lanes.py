"""What the Python programs share: threads that run one workflow after the other for a time, and the line that they print."""
import json
import threading
import time
from typing import Callable


def measure(run: Callable[[], int], seconds: float, flows: int) -> None:
    """Calls `run`, which runs the workflow on 1 and returns its output, in so many threads at once; prints the rate."""
    assert run() == 5  # Also warms up.
    counts = [0] * flows
    failures: list[BaseException] = []
    start = time.monotonic()

    def lane(number: int) -> None:
        try:
            while time.monotonic() - start < seconds and not failures:
                output = run()
                assert output == 5, output
                counts[number] += 1
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=lane, args=(number,)) for number in range(flows)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.monotonic() - start
    if failures:
        raise failures[0]
    print(json.dumps({"workflows_per_second": sum(counts) / elapsed}), flush=True)
