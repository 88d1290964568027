"""The WSGI application (served by granian)."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridwell.settings")
application = get_wsgi_application()
# The pages are loaded now and not with the first request, which somebody waits for. And a process
# that cannot load them says why and ends, instead of answering each request with a fault.
get_resolver().url_patterns  # noqa: B018 - read for what reading it does
# What is loaded by now lives as long as the process. To look through it for garbage again and again costs
# the slowest pages a tenth of their time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 10, 10)
