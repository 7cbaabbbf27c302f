"""The linear workflow of four steps with DBOS: prints one line of JSON.

linear_dbos.py URL SECONDS FLOWS
"""
import logging
import sys

import lanes
from dbos import DBOS

url, seconds, flows = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
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


DBOS.launch()
lanes.measure(lambda: linear(1), seconds, flows)
DBOS.destroy()
