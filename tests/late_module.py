"""A module that the first test in need of it imports, and not every worker as it collects."""

from __future__ import annotations

import importlib
from typing import Any


class LateModule:
    """Stands for the module of that name, which is imported when something of it is asked for."""

    def __init__(self, name: str) -> None:
        vars(self)["_name"] = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # pytest asks everything in a module whether it is a test
            raise AttributeError(name)
        return getattr(importlib.import_module(self._name), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(importlib.import_module(self._name), name, value)
