"""Gridwell（网格台）: the working desk of a residential community in an emergency."""

import os

# Names are read one character at a time: without its 47,000 phrases pypinyin loads at once.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
