"""A WeCom that behaves as developer.work.weixin.qq.com says: document/path 90236 (message/send), 91039 (gettoken), 90313 (error codes)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import SecretStr

from services.notifications.channels.wecom import Access
from tests.notifications.http_server import Asked, HangUp, serving

CORP, SECRET, AGENT = "ww0123456789", "the-secret-of-the-application", 1000002
MEMBERS: Final = frozenset({"zhang.san", "li.si", "wang.wu"})
UNLICENSED: Final = frozenset({"wang.wu"})
MOST: Final = 1000


@dataclass
class WecomServer:
    """`taken` are the messages that WeCom accepted; `next` are what the next calls of message/send meet before they come to it."""

    members: set[str] = field(default_factory=lambda: set(MEMBERS))
    next: list[int | str | dict[str, Any]] = field(default_factory=list[int | str | dict[str, Any]])
    tokens: int = 0
    lasting: int = 7200
    taken: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    calls: int = 0
    odd: dict[str, Any] | None = None

    def answer(self, asked: Asked) -> tuple[int, bytes]:
        said = {"/cgi-bin/gettoken": self._token, "/cgi-bin/message/send": self._send}[asked.path](asked)
        return said if isinstance(said, tuple) else (200, json.dumps(said).encode())

    def expire(self) -> None:
        """The token that is out is over before its time."""
        self.tokens += 1

    def _token(self, asked: Asked) -> dict[str, Any]:
        if asked.query != {"corpid": CORP, "corpsecret": SECRET}:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        if self.odd is not None:
            return self.odd
        self.tokens += 1
        return {"errcode": 0, "errmsg": "ok", "access_token": f"token {self.tokens}", "expires_in": self.lasting}

    def _send(self, asked: Asked) -> dict[str, Any] | tuple[int, bytes]:
        self.calls += 1
        meets = self.next.pop(0) if self.next else 0
        if meets == "hangs up":
            raise HangUp
        if meets == "takes it and hangs up":
            self._take(json.loads(asked.body))
            raise HangUp
        if isinstance(meets, dict):
            return meets
        if meets == "gateway":
            return 502, b"<html>bad gateway</html>"
        if meets:
            return {"errcode": meets, "errmsg": "as asked"}
        if asked.query.get("access_token") != f"token {self.tokens}":
            return {"errcode": 42001, "errmsg": "access_token expired"}
        return self._take(json.loads(asked.body))

    def _take(self, message: dict[str, Any]) -> dict[str, Any]:
        users = message["touser"].split("|")
        if len(users) > MOST or message["agentid"] != AGENT:
            return {"errcode": 40058, "errmsg": "invalid parameter"}
        unlicensed = [user for user in users if user in UNLICENSED]
        invalid = [user.lower() for user in users if user not in self.members]
        if len(unlicensed) + len(invalid) == len(users):
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        self.taken.append(message)
        said = {"errcode": 0, "errmsg": "ok", "msgid": str(len(self.taken))}
        return {**said, "invaliduser": "|".join(invalid), "unlicenseduser": "|".join(unlicensed)}


@contextmanager
def wecom(server: WecomServer, secret: str = SECRET) -> Iterator[Access]:
    """How the county's application comes to it, for the time of the block."""
    with serving(server.answer) as port:
        yield Access(corp_id=CORP, agent_id=AGENT, secret=SecretStr(secret), url=f"http://127.0.0.1:{port}")
