"""What is done to BlueZ from outside, and how the steps tell what they saw."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dbus_fast import BusType, Message, MessageType, Variant
from dbus_fast.aio import MessageBus

START_S: Final = time.monotonic()
SERVICE: Final = "/usr/libexec/bluetooth/bluetoothd"


def say(*words: object) -> None:
    print(f"[{time.monotonic() - START_S:6.1f} s]", *words, flush=True)


class Bluez:
    """The adapter's switch, and the service itself."""

    def __init__(self) -> None:
        self._bus: MessageBus | None = None
        self.adapter = ""

    async def call(self, **message: object) -> Message:
        if self._bus is None:
            self._bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        reply = await self._bus.call(Message(destination="org.bluez", **message))
        assert reply is not None
        return reply

    async def power(self, on: bool) -> bool:
        reply = await self.call(
            path=self.adapter,
            interface="org.freedesktop.DBus.Properties",
            member="Set",
            signature="ssv",
            body=["org.bluez.Adapter1", "Powered", Variant("b", on)],
        )
        return reply.message_type is MessageType.METHOD_RETURN

    async def power_on(self) -> None:
        """Switch the adapter on, which takes some tries while the kernel or BlueZ still sets it up."""
        for _ in range(200):
            known = await self.call(
                path="/", interface="org.freedesktop.DBus.ObjectManager", member="GetManagedObjects"
            )
            if known.message_type is MessageType.METHOD_RETURN:
                for self.adapter in [p for p, what in known.body[0].items() if "org.bluez.Adapter1" in what]:
                    if await self.power(True):
                        return
            await asyncio.sleep(0.3)
        raise AssertionError("BlueZ shows no adapter")

    async def start_anew(self) -> None:
        """As after a crash of the service."""
        subprocess.run(["kill", "-KILL", *_running()], check=True)  # noqa: ASYNC221
        await asyncio.sleep(1.0)
        with Path("/run/bluetoothd.log").open("a") as log:  # noqa: ASYNC230
            subprocess.Popen([SERVICE, "-n", "-d"], stdout=log, stderr=log)  # noqa: ASYNC220


def _running() -> list[str]:
    """The process of the service, which this machine has started itself."""
    numbers = [entry for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    return [entry.name for entry in numbers if _command(entry).startswith(SERVICE)]


def _command(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


class Stopwatch:
    """How long something took, in words."""

    def __init__(self) -> None:
        self._started_s = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started_s

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s"


async def until(happened: Callable[[], object], limit_s: float = 60.0) -> None:
    async with asyncio.timeout(limit_s):
        while not happened():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
