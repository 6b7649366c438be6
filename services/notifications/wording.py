"""What a letter says, put together from the templates of `letters.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from string import Template
from typing import Final

from pydantic import BaseModel

from services.notifications.households import Home

FILE: Final = Path(__file__).parent / "letters.toml"


class Phrase(BaseModel, frozen=True, extra="forbid"):
    """The same in two languages."""

    zh: str = ""
    en: str = ""


NOTHING: Final = Phrase()


class Wording(BaseModel, frozen=True, extra="forbid"):
    """The templates; `to_do` by the kind of a notice."""

    named: str
    placed: str
    household: str
    area: str
    due: Phrase
    to_do: Mapping[str, Phrase]

    def whole(self, kind: str, home: Home, due: date | None) -> str:
        """Who it is about, what to do and by when; each line ends with a newline."""
        return _lines(self._said(home, [self.to_do.get(kind, NOTHING), self._by(due)]))

    def brief(self, home: Home, due: date | None) -> str:
        """Without what to do, below a subject that says it: for a card, or one of many in a digest."""
        return _lines(self._said(home, [self._by(due)]))

    def _said(self, home: Home, phrases: Sequence[Phrase]) -> Iterator[str]:
        zh, en = "".join(phrase.zh for phrase in phrases), " ".join(phrase.en for phrase in phrases if phrase.en)
        place = _filled(self.placed, village=home.village, town=home.town) if home.village else home.town or home.code
        if home.number is None:
            yield from (_filled(self.area, place=place), zh, en)
        else:
            who = _filled(self.named, name=home.name, place=place) if home.name and place else home.name or place
            yield from (who, zh, _filled(self.household, number=home.number), en)

    def _by(self, due: date | None) -> Phrase:
        return Phrase(zh=_filled(self.due.zh, due=due), en=_filled(self.due.en, due=due)) if due is not None else NOTHING


def wording(file: Path = FILE) -> Wording:
    return Wording.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def _filled(template: str, **words: object) -> str:
    return Template(template).substitute(words)


def _lines(said: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in said if line)
