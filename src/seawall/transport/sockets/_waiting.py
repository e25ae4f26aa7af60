"""Waiting for a socket, once per world. All else in this folder is one text."""

import asyncio
import math
import select
import socket

__all__ = ["wait_asyncio", "wait_blocking"]


async def wait_blocking(sock: socket.socket, reading: bool, writing: bool, seconds: float | None) -> bool:
    """Block this thread until the socket can be read or written; False when the seconds are over first."""
    return _poll(sock, reading, writing, seconds)


def _poll(sock: socket.socket, reading: bool, writing: bool, seconds: float | None) -> bool:
    if not hasattr(select, "poll"):
        wanted = [sock]
        return any(select.select(wanted if reading else [], wanted if writing else [], wanted, seconds))
    poll = select.poll()
    poll.register(sock, (select.POLLIN if reading else 0) | (select.POLLOUT if writing else 0))
    return bool(poll.poll(None if seconds is None else math.ceil(seconds * 1000)))


async def wait_asyncio(sock: socket.socket, reading: bool, writing: bool, seconds: float | None) -> bool:
    """Suspend this task until the socket can be read or written; False when the seconds are over first.

    A socket without transport and protocol, because an idle one must be able to outlive its loop, and a transport drops what
    came before a failed write: the early answer to a long upload.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()
    timer = None if seconds is None else loop.call_later(seconds, _settle, done, False)
    number = sock.fileno()
    try:
        if reading:
            loop.add_reader(number, _settle, done, True)
        if writing:
            loop.add_writer(number, _settle, done, True)
        return await done
    except NotImplementedError:  # the proactor loop of Windows watches no sockets; closing ours wakes the thread
        return await loop.run_in_executor(None, _poll, sock, reading, writing, seconds)
    finally:
        if timer is not None:
            timer.cancel()
        _unwatch(loop, number, reading, writing)


def _settle(done: "asyncio.Future[bool]", in_time: bool) -> None:
    if not done.done():
        done.set_result(in_time)


def _unwatch(loop: asyncio.AbstractEventLoop, number: int, reading: bool, writing: bool) -> None:
    try:
        if reading:
            loop.remove_reader(number)
        if writing:
            loop.remove_writer(number)
    except NotImplementedError:
        pass
