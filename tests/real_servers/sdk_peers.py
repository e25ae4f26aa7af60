"""The SDKs of openai and anthropic, asked the same in one text for both worlds, and what a fake of their APIs answers."""

import json
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import anthropic
import httpx
import httpx2
import openai

import seawall
from seawall.testing import Reply
from tests.worlds import World

__all__ = ["PEERS", "Asker", "Peer"]

WORDS = ["Sea", "wall", "!"]
_QUESTION: dict[str, Any] = {"model": "fake", "messages": [{"role": "user", "content": "What protects the coast?"}]}


class Peer:
    """An SDK, and the client that it is given.

    Attributes:
        path: Where it asks.
        answer: What a server says to it, whole.
        events: The same as server-sent events, one for each word, and the last one.
    """

    path: ClassVar[str]
    answer: ClassVar[dict[str, Any]]
    events: ClassVar[list[bytes]]
    errors: ClassVar[Any]

    def __init__(self, name: str, library: Any) -> None:
        self.name = name
        self.library = library

    def asker(self, world: World, url: str, api: Any, *, own_retries: bool = False, **options: Any) -> "Asker":
        """Make the SDK's client over ours.

        Args:
            world: Its world.
            url: The server's.
            api: Our client, of that world.
            own_retries: Whether ours repeats what the SDK would.
            options: The SDK's own.
        """
        if world.is_blocking:
            over = self.library.Client(transport=seawall.SeawallTransport(api.client, own_retries=own_retries))
        else:
            over = self.library.AsyncClient(transport=seawall.AsyncSeawallTransport(api, own_retries=own_retries))
        return Asker(self, world, self.client(world, http_client=over, api_key="canary", base_url=url, **options))

    def client(self, world: World, **options: Any) -> Any:
        """Make the SDK's client."""
        raise NotImplementedError

    def create(self, client: Any, **options: Any) -> Any:
        """Ask."""
        raise NotImplementedError

    def text(self, answer: Any) -> str:
        """What a whole answer says."""
        raise NotImplementedError

    def word(self, event: Any) -> str:
        """What an event says."""
        raise NotImplementedError

    def reply(self) -> Reply:
        """The whole answer."""
        return Reply(json=self.answer)

    def stream(self) -> Reply:
        """The answer as server-sent events."""
        return Reply(body=b"".join(self.events), headers={"Content-Type": "text/event-stream"}, chunked=True)


class Asker:
    """An SDK's client whose methods can be awaited."""

    def __init__(self, peer: Peer, world: World, client: Any) -> None:
        self._peer = peer
        self._world = world
        self.client = client

    async def ask(self, **options: Any) -> str:
        """Ask, and return the whole answer."""
        answer = self._peer.create(self.client, **options)
        return self._peer.text(answer if self._world.is_blocking else await answer)

    async def listen(self, **options: Any) -> AsyncIterator[str]:
        """Ask, and give one word after the other; leaving early closes the SDK's stream."""
        opened = self._peer.create(self.client, stream=True, **options)
        stream = opened if self._world.is_blocking else await opened
        try:
            async for event in self._world.each(stream):
                if word := self._peer.word(event):
                    yield word
        finally:
            if self._world.is_blocking:
                stream.close()
            else:
                await stream.close()


def _chunk(word: str, reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": {"content": word}, "finish_reason": reason}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": [choice]}
    return b"data: %b\n\n" % json.dumps(chunk).encode()


class OpenAI(Peer):
    """openai's."""

    path = "/chat/completions"
    errors = openai
    answer: ClassVar[dict[str, Any]] = {
        "id": "1", "object": "chat.completion", "created": 1, "model": "fake",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "".join(WORDS)}}],
    }  # fmt: skip
    events: ClassVar[list[bytes]] = [*[_chunk(word) for word in WORDS], _chunk("", "stop") + b"data: [DONE]\n\n"]

    def client(self, world: World, **options: Any) -> Any:
        return (openai.OpenAI if world.is_blocking else openai.AsyncOpenAI)(**options)

    def create(self, client: Any, **options: Any) -> Any:
        return client.chat.completions.create(**_QUESTION, **options)

    def text(self, answer: Any) -> str:
        return str(answer.choices[0].message.content)

    def word(self, event: Any) -> str:
        return event.choices[0].delta.content or ""


def _event(kind: str, **facts: Any) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), json.dumps({"type": kind, **facts}).encode())


_MESSAGE = {
    "id": "1", "type": "message", "role": "assistant", "model": "fake", "stop_reason": "end_turn", "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 1},
}  # fmt: skip


class Anthropic(Peer):
    """anthropic's."""

    path = "/v1/messages"
    errors = anthropic
    answer: ClassVar[dict[str, Any]] = {**_MESSAGE, "content": [{"type": "text", "text": "".join(WORDS)}]}
    events: ClassVar[list[bytes]] = [
        _event("message_start", message={**_MESSAGE, "content": []})
        + _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        + _event("content_block_delta", index=0, delta={"type": "text_delta", "text": WORDS[0]}),
        *[_event("content_block_delta", index=0, delta={"type": "text_delta", "text": word}) for word in WORDS[1:]],
        _event("content_block_stop", index=0) + _event("message_stop"),
    ]

    def client(self, world: World, **options: Any) -> Any:
        return (anthropic.Anthropic if world.is_blocking else anthropic.AsyncAnthropic)(**options)

    def create(self, client: Any, **options: Any) -> Any:
        return client.messages.create(max_tokens=10, **_QUESTION, **options)

    def text(self, answer: Any) -> str:
        return str(answer.content[0].text)

    def word(self, event: Any) -> str:
        return event.delta.text if event.type == "content_block_delta" else ""


PEERS = [OpenAI("openai over httpx2", httpx2), OpenAI("openai over httpx", httpx), Anthropic("anthropic over httpx2", httpx2)]
