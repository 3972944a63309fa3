"""The robots of DingTalk, Feishu, Lark and WeCom, which answer 200 and say in the body whether they took it.

Spoken here and not by Apprise, which believes the 200: a message with a wrong keyword, an address that is not allowed
or a limit that was passed would count as delivered; and it encodes DingTalk's signature twice, so that every signed
robot refuses it. The addresses are Apprise's, and Feishu's and Lark's may be signed too:

    dingtalk://TOKEN                   dingtalk://SECRET@TOKEN/13800138000 calls this person
    feishu://TOKEN, lark://TOKEN       feishu://SECRET@TOKEN
    wecombot://KEY
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import orjson

from alerts.links import Links
from alerts.notice import Failed, Notice, Outcome, Retry
from alerts.targets.hiding import hider
from alerts.targets.wire import Wire
from alerts.text import words
from alerts.text_lines import Anchor, Bold, Line, escape

_TOKEN = re.compile(r"[A-Za-z0-9_-]+")

WECOM: Final = 4096  # bytes of a message
BUSY_S: Final = 60.0  # what a robot is given that is told too much: it does not say how long


class Robot(NamedTuple):
    """A service: its name, where it is reached, the field of its verdict, and verdicts that pass with time."""

    name: str
    base: str
    path: str
    field: str
    passing: frozenset[int]


ROBOTS: Final[Mapping[str, Robot]] = {
    "dingtalk": Robot(
        "DingTalk", "https://oapi.dingtalk.com", "/robot/send?access_token=", "errcode", frozenset({-1, 130101, 410100})
    ),
    "feishu": Robot("Feishu", "https://open.feishu.cn", "/open-apis/bot/v2/hook/", "code", frozenset({11232})),
    "wecombot": Robot(
        "WeCom", "https://qyapi.weixin.qq.com", "/cgi-bin/webhook/send?key=", "errcode", frozenset({-1, 45009})
    ),
    "lark": Robot("Lark", "https://open.larksuite.com", "/open-apis/bot/v2/hook/", "code", frozenset({11232})),
}


class Address(NamedTuple):
    """What an address says: the robot's token, what it signs with, and whom it calls."""

    token: str
    secret: str
    called: tuple[str, ...]


def read_address(url: str) -> Address:
    """The parts of a robot's address.

    Raises:
        ValueError: it has no token; the message shows nothing of it.
    """
    schema, _, rest = url.partition("://")
    secret, _, place = rest.partition("?")[0].rpartition("@")
    token, *called = [unquote(part) for part in place.split("/") if part] or [""]
    if not token or not _TOKEN.fullmatch(token):
        msg = f"{schema}:// wants the robot's token: {schema}://TOKEN, or {schema}://SECRET@TOKEN for a signed one"
        raise ValueError(msg)
    return Address(token, unquote(secret), tuple(called))


class ChatRobot:
    """One robot in one room; `base` stands in for the service's own address."""

    def __init__(
        self, url: str, links: Links, clock: Callable[[], int], *, base: str | None = None, **wire: Any
    ) -> None:
        self._schema: Final = url.partition("://")[0].lower()
        self._address = read_address(url)
        self._robot = robot = ROBOTS[self._schema]
        self._links = links
        self._clock = clock
        self._hide = hider(url)
        address = (base or robot.base) + robot.path + self._address.token
        self._wire = Wire(address, clock, shown=robot.name, inside=self._inside, **wire)

    async def send(self, notice: Notice) -> Outcome:
        """One attempt."""
        now = self._clock()
        said = words(notice, self._links, now)
        secret, query = self._address.secret, {}
        match self._schema:
            case "dingtalk":
                body = _dingtalk(said.title, said.markdown, self._address.called)
                query = _dingtalk_signed(secret, now)
            case "wecombot":
                body = _wecom(said.title, said.markdown)
            case _:
                body = _feishu(said.title, said.lines, notice.lang) | _feishu_signed(secret, now)
        return await self._wire.post(orjson.dumps(body), {}, query)

    async def close(self) -> None:
        """Lets the connection go."""
        await self._wire.close()

    def _inside(self, answer: bytes) -> Outcome | None:
        try:
            said = orjson.loads(answer)
        except orjson.JSONDecodeError:
            said = None
        code = said.get(self._robot.field) if isinstance(said, dict) else None
        if code == 0:
            return None
        if not isinstance(said, dict) or not isinstance(code, int):
            return Retry(f"{self._robot.name} answered something else than its verdict")
        text = self._hide(str(said.get("errmsg") or said.get("msg") or ""))
        reason = f"{self._robot.name} answered {self._robot.field} {code}" + (f" ({text})" if text else "")
        return Retry(reason, BUSY_S) if code in self._robot.passing else Failed(reason)


def _dingtalk(title: str, text: str, called: tuple[str, ...]) -> dict[str, Any]:
    calls = " ".join(f"@{number}" for number in called)
    shown = f"#### {escape(title)}\n\n{text}" + (f"\n\n{calls}" if calls else "")
    return {
        "msgtype": "markdown",
        "markdown": {"title": title, "text": shown},
        "at": {"atMobiles": list(called), "isAtAll": False},
    }


def _dingtalk_signed(secret: str, now: int) -> dict[str, str]:
    if not secret:
        return {}
    signed = hmac.new(secret.encode(), f"{now}\n{secret}".encode(), hashlib.sha256).digest()
    return {"timestamp": str(now), "sign": base64.b64encode(signed).decode()}


def _wecom(title: str, text: str) -> dict[str, Any]:
    """Of a long message lines in the middle are left out: the last one is what somebody has to press."""
    first, *middle, last = [f"**{escape(title)}**", *text.splitlines()]
    room = WECOM - len(f"{first}\n…\n{last}".encode())
    kept: list[str] = []
    for line in middle:
        room -= len(line.encode()) + 1
        if room < 0:
            kept.append("…")
            break
        kept.append(line)
    return {"msgtype": "markdown", "markdown": {"content": "\n".join([first, *kept, last])}}


def _feishu(title: str, lines: tuple[Line, ...], lang: str) -> dict[str, Any]:
    """A message of paragraphs, in which a name is text and nothing else."""
    content = [[_feishu_part(part) for part in line] or [{"tag": "text", "text": " "}] for line in lines]
    language = "zh_cn" if lang == "zh" else "en_us"
    return {"msg_type": "post", "content": {"post": {language: {"title": title, "content": content}}}}


def _feishu_part(part: str | Bold | Anchor) -> dict[str, Any]:
    match part:
        case Anchor(label, url):
            return {"tag": "a", "text": label, "href": url}
        case Bold(text):
            return {"tag": "text", "text": text, "style": ["bold"]}
        case _:
            return {"tag": "text", "text": part}


def _feishu_signed(secret: str, now: int) -> dict[str, str]:
    if not secret:
        return {}
    timestamp = str(now // 1000)
    signed = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return {"timestamp": timestamp, "sign": base64.b64encode(signed).decode()}
