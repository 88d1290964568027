"""The protocol files that come with the software (随附方案)."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from gridwell.protocols.rules.files import ProtocolFile, parse


@lru_cache(maxsize=1)
def shipped_texts() -> Mapping[str, str]:
    """Return the text of every shipped file by its name, in the order of names; read once."""
    folder = files("gridwell.protocols") / "files"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return MappingProxyType({name: (folder / name).read_text("utf-8") for name in names})


@lru_cache(maxsize=1)
def shipped() -> tuple[ProtocolFile, ...]:
    """Return the shipped files in the order of their names, parsed once per process."""
    return tuple(parse(text) for text in shipped_texts().values())
