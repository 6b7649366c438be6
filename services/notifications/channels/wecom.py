"""WeCom (企业微信): application messages to members, as https://developer.work.weixin.qq.com/document/path/90236 says."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

import httpx
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.settings import secret
from schemas.notifications import Outcome
from services.notifications.channels.outlet import Away, Channel, Letter

Answer: TypeAlias = Mapping[str, Any]
PATIENCE_SECONDS: Final = 10.0
SPARE_SECONDS: Final = 60.0
OLD_TOKEN: Final = frozenset({40014, 42001, 41001})
NOBODY: Final = frozenset({81013, 60111, 40003, 44004, 82001})  # no such member, or none who may read; an empty or unfit message
TOO_MANY: Final = 429
FIRST_SETTING: Final = "SUISHI_WECOM_CORP_ID"


class Access(BaseSettings):
    """The county's application in WeCom; `url` is WeCom's own, or that of a gateway before it."""

    model_config = SettingsConfigDict(env_prefix="SUISHI_WECOM_", hide_input_in_errors=True)

    corp_id: str
    agent_id: int
    secret: Annotated[SecretStr, Field(min_length=1)]
    url: str = "https://qyapi.weixin.qq.com"


def access() -> Access:
    """From the environment; ends the process with a sentence for each variable that is missing or wrong."""
    try:
        given: dict[str, Any] = {"corp_id": secret(FIRST_SETTING), "secret": SecretStr(secret("SUISHI_WECOM_SECRET"))}
        return Access(**given)
    except ValidationError as error:
        sys.exit("\n".join(f"SUISHI_WECOM_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors(include_input=False)))


class Wecom:
    """Keeps its token for as long as WeCom said, and asks for another one when WeCom says that it is over."""

    kind: str = "wecom"

    def __init__(self, access: Access) -> None:
        self._access = access
        self._http: httpx.AsyncClient | None = None
        self._token, self._until = "", 0.0

    @property
    def is_open(self) -> bool:
        return self._http is not None and bool(self._token)

    async def open(self) -> None:
        self._http = self._http or httpx.AsyncClient(base_url=self._access.url, timeout=PATIENCE_SECONDS)
        try:
            await self._authorise(self._http)
        except (httpx.HTTPError, ValueError) as error:
            raise Away(type(error).__name__) from None

    async def send(self, letters: Sequence[Letter]) -> Mapping[UUID, Outcome]:
        try:
            answer = await self._ask(letters)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, Away):
            self._token = ""
            return dict.fromkeys((letter.notification for letter in letters), "released")
        except (httpx.HTTPError, ValueError):
            return dict.fromkeys((letter.notification for letter in letters), "unknown")
        return {letter.notification: _outcome(answer, letter) for letter in letters}

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
        self._http = None

    async def _ask(self, letters: Sequence[Letter]) -> Answer:
        """A second time with another token where the first was over: WeCom did nothing then."""
        http = self._http
        if http is None:
            raise Away
        await self._authorise(http)
        answer = await self._post(http, letters)
        if answer.get("errcode") not in OLD_TOKEN:
            return answer
        self._token = ""
        await self._authorise(http)
        return await self._post(http, letters)

    async def _post(self, http: httpx.AsyncClient, letters: Sequence[Letter]) -> Answer:
        body = {"touser": "|".join(str(letter.to) for letter in letters), "agentid": self._access.agent_id, **content(letters)}
        answer = await http.post("/cgi-bin/message/send", params={"access_token": self._token}, json=body)
        if answer.status_code == TOO_MANY:
            return {"errcode": TOO_MANY}
        return _read(answer)

    async def _authorise(self, http: httpx.AsyncClient) -> None:
        """Raises `Away`, ValueError, or what httpx raises."""
        if self._token and time.monotonic() < self._until:
            return
        params = {"corpid": self._access.corp_id, "corpsecret": self._access.secret.get_secret_value()}
        answer = _read(await http.get("/cgi-bin/gettoken", params=params))
        if answer["errcode"] != 0:
            raise Away(str(answer["errcode"]))
        match answer:
            case {"access_token": str(token), "expires_in": int(seconds)}:
                self._token, self._until = token, time.monotonic() + max(seconds - SPARE_SECONDS, 0.0)
            case _:
                raise ValueError


def content(letters: Sequence[Letter]) -> dict[str, Any]:
    """A card with a button where there is something to acknowledge; its task id tells WeCom that a repeat is one.

    A card has no room for a digest, whose text names households; the same words alone may be two letters.
    """
    letter = letters[0]
    if letter.listed or letter.link is None:
        link = "" if letter.link is None else f'<a href="{letter.link}">确认收到 · Acknowledge</a>'
        text = {"msgtype": "text", "text": {"content": f"{letter.subject}\n{letter.text}{link}"}}
        return {**text, "enable_duplicate_check": 1} if letter.listed else text
    card = {
        "card_type": "text_notice",
        "task_id": letter.notification.hex,
        "main_title": {"title": letter.subject},
        "sub_title_text": letter.brief or letter.text,
        "jump_list": [{"type": 1, "title": "确认收到 · Acknowledge", "url": letter.link}],
        "card_action": {"type": 1, "url": letter.link},
    }
    return {"msgtype": "template_card", "template_card": card, "enable_duplicate_check": 1}


def _read(answer: httpx.Response) -> Answer:
    """Raises ValueError or httpx.HTTPError where WeCom did not say what it did."""
    said = answer.raise_for_status().json()
    if not isinstance(said, dict) or type(said.get("errcode")) is not int:  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        raise ValueError
    return said  # pyright: ignore[reportUnknownVariableType]


def _outcome(answer: Answer, letter: Letter) -> Outcome:
    """What is not known to concern the letter is tried again later: too many calls (45009, 45033), a busy WeCom (-1), a missing right."""
    if answer.get("errcode") in NOBODY:
        return "failed"
    if answer.get("errcode") != 0:
        return "deferred"
    unreached = {user.lower() for name in ("invaliduser", "unlicenseduser") for user in str(answer.get(name, "")).split("|")}
    return "failed" if str(letter.to).lower() in unreached else "sent"


CHANNEL: Final = Channel(
    outlet=lambda _: Wecom(access()) if secret(FIRST_SETTING) else None,
    remedy=f"set {FIRST_SETTING}, _AGENT_ID and _SECRET: docs/how-to/reach-cadres.md",
    account=str.lower,  # an id of a member is the same in capitals
)
