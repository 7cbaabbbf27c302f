"""The linear workflow of four steps with duroxide on a SQLite file: prints one line of JSON.

linear_duroxide.py PATH SECONDS FLOWS
"""
import sys
import uuid

import lanes
from duroxide import Client, Runtime, RuntimeOptions, SqliteProvider

path, seconds, flows = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
provider = SqliteProvider.open(path)
runtime = Runtime(provider, RuntimeOptions(log_level="error"))


@runtime.register_activity("step")
def step(_context, value: int) -> int:
    return value + 1


@runtime.register_orchestration("linear")
def linear(context, value: int):
    for _ in range(4):
        value = yield context.schedule_activity("step", value)
    return value


def run() -> int:
    instance = str(uuid.uuid4())
    client.start_orchestration(instance, "linear", 1)
    return client.wait_for_orchestration(instance, 60_000).output


runtime.start()
client = Client(provider)
lanes.measure(run, seconds, flows)
runtime.shutdown()
