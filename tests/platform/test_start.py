"""What a process loads before it is asked for anything: each second of it is paid at every start."""

import json
import os
import subprocess
import sys
from pathlib import Path

#: Slow to load, and needed by few requests: loaded by the first that does.
LATER = {
    "gridwell.orders.rules.notice.reader",
    "gridwell.demo.building",
    "icalendar",
    "ortools",
}
CODE = """
import json, sys
from gridwell.core.cli import setup_django
setup_django()
import gridwell.urls
json.dump(sorted(sys.modules), sys.stdout)
"""


def test_what_few_requests_need_is_loaded_by_the_first_that_does(tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GRIDWELL")}
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env=env | {"GRIDWELL_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "gridwell.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(done.stdout))
    assert "gridwell.orders.rules.notice.model" in loaded
    assert not LATER & loaded
