"""Settings of the test run: one throw-away home, cheap password hashes, a database by URL."""

import os
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="gridwell-test-"))
os.environ["GRIDWELL_HOME"] = str(_home)
os.environ.setdefault("GRIDWELL_SECRET_KEY", "only-for-tests-" * 4)
os.environ.setdefault(
    "DATABASE_URL", os.environ.get("GRIDWELL_TEST_DATABASE_URL", "sqlite:///:memory:")
)

from gridwell.core import crypto  # noqa: E402 - the home must be known first
from gridwell.settings import *  # noqa: E402, F403 - the environment is set first
from gridwell.settings import DATABASES, GRIDWELL_KEY_FILE  # noqa: E402 - the environment is set first

crypto.write_keys(Path(GRIDWELL_KEY_FILE), crypto.KeySet.generate())
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Without it each test client reads through all static files first; pages need none of them.
WHITENOISE_AUTOREFRESH = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite"):
    DATABASES["default"]["OPTIONS"].pop("init_command")
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}
