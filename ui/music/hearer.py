"""What was heard in a session, heard again in its review: asked for by a person, muted until then."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from playlists.heard import Lane
from ui.music.ports import Output
from ui.music.rehearing import Head, HearView, Rehearing
from ui.music.soundserver import SoundServer
from ui.music.thread import Do, MusicThread, tick_on

BUFFER_S: Final = 0.2
SERVER_MS: Final = 100
"""Shorter than for a session: what is written ahead is heard after the playhead has gone elsewhere."""


class Hearer:
    """Plays a record's music on a named output ('' takes the default one), never on those in `avoid`.

    Its thread begins when somebody first asks to hear; `make_output` is called in there.
    """

    def __init__(
        self,
        lane: Lane,
        output: str = "",
        avoid: tuple[str, ...] = (),
        make_output: Callable[[], Output] | None = None,
    ) -> None:
        self._lane = lane
        self._wanted = output
        self._avoid = frozenset(name for name in avoid if name)
        self._make_output = make_output or self._device
        self._server = SoundServer()
        self._on = False
        self._head = Head()
        self._view = HearView()
        self._thread = MusicThread(self._run)

    def toggle(self) -> None:
        """Hear the music, or no longer."""
        self._on = not self._on
        if not self._thread.isRunning():
            self._thread.start()

    def follow(self, t_ns: int, *, runs: bool) -> None:
        """The playhead is at `t_ns`; `runs` is whether it goes at the session's own pace."""
        self._head = Head(t_ns, time.monotonic_ns(), runs)

    def view(self) -> HearView:
        """How it stands."""
        return self._view if self._on and self._view.on else HearView(on=self._on)

    def close(self) -> None:
        """Be quiet, and wait for the thread: a third of a second if something sounds, at most two."""
        self._thread.quit()
        self._thread.wait(2_000)

    def _device(self) -> Output:
        # Most records are reviewed without a sound, and Qt's part for it is slow to load.
        from ui.music.output import DeviceOutput

        self._server.start()
        return DeviceOutput(
            self._wanted, buffer_s=BUFFER_S, server_ms=SERVER_MS, server=self._server, avoid=self._avoid
        )

    def _run(self) -> tuple[Do, Do]:
        engine = Rehearing(self._lane, self._make_output())
        return lambda: self._tick(engine), lambda: self._finish(engine)

    def _tick(self, engine: Rehearing) -> None:
        engine.hear(on=self._on)
        engine.follow(self._head)
        self._view = engine.tick(time.monotonic_ns())

    def _finish(self, engine: Rehearing) -> None:
        self._on = False
        tick_on(lambda: self._tick(engine), engine.stop(), time.monotonic_ns)
        engine.close()
        self._server.close()
