"""Where Coach keeps its files: one place decides, everything else asks.

Each folder is the platform's own unless an environment variable names another, so a test, a
second installation or a shared machine can keep its files apart without a settings file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs

APP = "coach"


class Paths(msgspec.Struct, frozen=True, kw_only=True):
    """The three folders; none of them need exist yet."""

    data: Path
    """Calls and their journals, the agent's own: ``COACH_DATA_HOME``."""
    cache: Path
    """What can be made or fetched again, such as the speech model: ``COACH_CACHE_HOME``."""
    config: Path
    """``settings.toml``, changes of rules and forms: ``COACH_CONFIG_HOME``."""

    @property
    def calls(self) -> Path:
        """One journal for each call."""
        return self.data / "calls"

    @property
    def library(self) -> Path:
        """The index over all calls; made from their files."""
        return self.data / "library.sqlite"

    @property
    def purged(self) -> Path:
        """What was purged, without content."""
        return self.data / "purged.ndjson"

    @property
    def importing(self) -> Path:
        """Journals of imports that are not finished."""
        return self.data / "importing"

    @property
    def models(self) -> Path:
        """One folder for each verified speech model."""
        return self.cache / "models"

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.config / "settings.toml"

    @property
    def scorecards(self) -> Path:
        """Forms of one's own."""
        return self.config / "scorecards"

    @classmethod
    def of(cls, environ: Mapping[str, str] | None = None) -> Paths:
        """The folders for this user; ``environ`` is ``os.environ`` unless given."""
        env = os.environ if environ is None else environ

        def chosen(variable: str, usual: Path) -> Path:
            value = env.get(variable, "")
            return Path(value).expanduser() if value else usual

        return cls(
            data=chosen("COACH_DATA_HOME", platformdirs.user_data_path(APP, appauthor=False)),
            cache=chosen("COACH_CACHE_HOME", platformdirs.user_cache_path(APP, appauthor=False)),
            config=chosen("COACH_CONFIG_HOME", platformdirs.user_config_path(APP, appauthor=False)),
        )
