"""The player as the panel has it: posts what is asked to the music's own thread, shows its last picture."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Final

from kapmonitor.session.events import Phase
from playlists.course import Ask, Cue
from playlists.model import Playlist
from ui.music.engine import Engine
from ui.music.looking import looked_at
from ui.music.output import DeviceOutput, SilentOutput, has_outputs
from ui.music.ports import MusicView, Output
from ui.music.soundserver import SoundServer
from ui.music.teller import Report
from ui.music.thread import Do, MusicThread, tick_on

ANSWERS_NS: Final = 2_000_000_000
NO_ANSWER: Final = "The player does not answer"
NOT_BEGUN: Final = "The music player cannot begin; please report this: {why}"

log = logging.getLogger(__name__)

Work = Callable[[Engine], None]


class Player:
    """Plays a playlist on a named output ('' takes the default one); answers ui.music.ports.MusicPlayer.

    `report` receives ReportMusic commands in the music's thread; `now_ns` is the session's clock. With
    `silent`, a computer without any output plays to none, and says so, instead of waiting for one. The
    outputs in `avoid` are the alarms' and are never played on.
    """

    def __init__(
        self,
        playlist: Playlist,
        report: Report,
        now_ns: Callable[[], int],
        *,
        output: str = "",
        silent: bool = False,
        avoid: tuple[str, ...] = (),
        phase: Phase = Phase.PREPARATION,
    ) -> None:
        self._playlist = playlist
        self._report = report
        self._now_ns = now_ns
        self._wanted = output
        self._silent = silent
        self._avoid = frozenset(name for name in avoid if name)
        self._phase = phase
        self._doses = 0
        self._work: SimpleQueue[Work] = SimpleQueue()
        self._view = MusicView(playlist=playlist.title, example=playlist.example, checking=True)
        self._ticked_ns = time.monotonic_ns()
        self._server = SoundServer()
        self._thread = MusicThread(self._run)

    def start(self) -> None:
        """Look at the files, open the output, be ready to play; all of it in the music's thread."""
        self._ticked_ns = time.monotonic_ns()
        self._thread.start()

    def close(self) -> None:
        """Fade the music out and wait for its thread: a second and a half if it plays, at most four."""
        self._thread.quit()
        self._thread.wait(4_000)

    def view(self) -> MusicView:
        view = self._view
        if not view.checking and time.monotonic_ns() - self._ticked_ns > ANSWERS_NS:
            return replace(view, trouble=NO_ANSWER)
        return view

    def toggle(self, t_ns: int) -> None:
        self._work.put(lambda engine: engine.toggle(t_ns))

    def hold(self, t_ns: int) -> None:
        self._work.put(lambda engine: engine.toggle_hold(t_ns))

    def ground(self, t_ns: int) -> None:
        self._work.put(lambda engine: engine.toggle_ground(t_ns))

    def next(self, t_ns: int) -> None:
        self._work.put(lambda engine: engine.ask(Cue(Ask.NEXT), t_ns))

    def seek(self, t_ns: int, at_s: float) -> None:
        self._work.put(lambda engine: engine.ask(Cue(Ask.SEEK, at_s=at_s), t_ns))

    def dosed(self, t_ns: int, doses: int) -> None:
        if doses > max(1, self._doses):
            self._work.put(lambda engine: engine.ask(Cue(Ask.DOSE), t_ns))
        self._doses = doses

    def change_volume(self, t_ns: int, change_db: float) -> None:
        self._work.put(lambda engine: engine.ask(Cue(Ask.VOLUME, change_db=change_db), t_ns))

    def follow(self, t_ns: int, phase: Phase) -> None:
        if phase is not self._phase:
            self._phase = phase
            self._work.put(lambda engine: engine.follow(phase, t_ns))

    def choose_output(self, output_id: str) -> None:
        self._work.put(lambda engine: engine.choose_output(output_id))

    def duck(self, depth_db: float, over_s: float) -> None:
        self._work.put(lambda engine: engine.duck(depth_db, over_s, self._now_ns()))

    def lower(self, depth_db: float, over_s: float) -> Future[int]:
        """As `duck`, from any thread; resolves to the monotonic time (ns) from which it is heard."""
        answer: Future[int] = Future()

        def work(engine: Engine) -> None:
            engine.duck(depth_db, over_s, self._now_ns())
            answer.set_result(time.monotonic_ns() + engine.ahead_ns())

        self._work.put(work)
        return answer

    def _run(self) -> tuple[Do, Do]:
        try:
            engine = self.make_engine()
        except Exception as why:
            log.exception("the music player cannot begin")
            said = NOT_BEGUN.format(why=f"{type(why).__name__}: {why}")
            self._view = replace(self._view, checking=False, trouble=said)
            return self._stands, self._server.close
        return lambda: self.tick(engine), lambda: self.finish(engine)

    def _stands(self) -> None:
        """In place of a tick where there is nothing to tick: the thread answers, and says why."""
        self._ticked_ns = time.monotonic_ns()

    def make_engine(self) -> Engine:
        """For the music's thread: what it runs."""
        checked = looked_at(self._playlist)
        output: Output = SilentOutput() if self._silent and not has_outputs() else self._device()
        engine = Engine(checked, output, self._report, self._phase)
        engine.announce(checked, time.monotonic_ns(), self._now_ns())
        return engine

    def _device(self) -> DeviceOutput:
        self._server.start()
        return DeviceOutput(self._wanted, server=self._server, avoid=self._avoid)

    def tick(self, engine: Engine) -> None:
        """For the music's thread: do what was asked, fill the output, take a new picture."""
        try:
            while True:
                self._work.get_nowait()(engine)
        except Empty:
            pass
        real_ns = time.monotonic_ns()
        self._view = engine.tick(real_ns, self._now_ns())
        self._ticked_ns = real_ns

    def finish(self, engine: Engine) -> None:
        """For the music's thread: the end, never abrupt."""
        tick_on(lambda: self.tick(engine), engine.stop(self._now_ns()), time.monotonic_ns)
        engine.close()
        self._server.close()
