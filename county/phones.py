"""A WeCom on loopback, as far as the demo needs it: every member may read, and who presses a card's button acknowledges."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from county.letters import Letter, household_in

TOKEN: Final = {"errcode": 0, "errmsg": "ok", "access_token": "of-the-demo", "expires_in": 7200}
SETTINGS: Final = {"SUISHI_WECOM_CORP_ID": "ww-county", "SUISHI_WECOM_AGENT_ID": "1000002", "SUISHI_WECOM_SECRET": "of-the-demo"}


class Phones:
    """`received` counts cards by notification; `letters` are those cards, one for each member that a card went to."""

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()
        self.letters: list[Letter] = []

    def take(self, message: dict[str, Any]) -> dict[str, Any]:
        """What WeCom answers to message/send."""
        card = message["template_card"]
        notification = str(UUID(card["task_id"]))
        for user in message["touser"].split("|"):
            self.received[notification] += 1
            text: str = card["sub_title_text"]
            said = (card["main_title"]["title"], household_in(text), card["card_action"]["url"], text)
            self.letters.append(Letter(notification, "wecom", user, *said))
        return {"errcode": 0, "errmsg": "ok", "msgid": notification}


@contextmanager
def ringing(phones: Phones) -> Generator[dict[str, str]]:
    """The settings by which notifications finds it, for the time of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            said = phones.take(json.loads(body)) if urlsplit(self.path).path.endswith("/message/send") else TOKEN
            answer = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_GET  # noqa: N815 - the library's name

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the library's name
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield {**SETTINGS, "SUISHI_WECOM_URL": f"http://127.0.0.1:{server.server_address[1]}"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
