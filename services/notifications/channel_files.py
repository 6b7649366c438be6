"""Finds the channels by their files, so that another one is another file and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Final

from pydantic import field_validator
from pydantic_core import PydanticCustomError

from schemas import notifications as words
from services.notifications import channels as ours
from services.notifications.channels.outlet import Channel

NO_CHANNELS: Final = frozenset({"outlet"})


def channels(package: ModuleType = ours) -> Mapping[str, Channel]:
    """By kind; raises AttributeError where a file of the package has no `CHANNEL`."""
    names = sorted(file.name for file in iter_modules(package.__path__) if file.name not in NO_CHANNELS)
    return {name.replace("_", "-"): import_module(f"{package.__name__}.{name}").CHANNEL for name in names}


def registration(known: Mapping[str, Channel]) -> type[words.RegisterRecipient]:
    """The command as a county with these channels takes it: by no others, and with addresses as their files want them."""

    class Registration(words.RegisterRecipient):
        @field_validator("channels")
        @classmethod
        def _are_known(cls, said: tuple[words.Channel, ...]) -> tuple[words.Channel, ...]:
            for one in said:
                _refuse_strange(one, known)
            return said

    return Registration


def _refuse_strange(said: words.Channel, known: Mapping[str, Channel]) -> None:
    """Raises `PydanticCustomError`."""
    if (channel := known.get(said.kind)) is None:
        kind = "channel_unknown"
        raise PydanticCustomError(kind, "names a channel that this county does not have")
    if isinstance(said, words.OtherChannel) and re.fullmatch(channel.address, said.to) is None:
        kind = "channel_address"
        raise PydanticCustomError(kind, "has no address of its channel")
