"""A record as a session with a playhead; opens no device, sounds nothing, changes nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Final

from kapmonitor import mdc
from kapmonitor.beyond import Beyond, held, readings_beyond
from kapmonitor.careful import CarefulTap, CarefulView
from kapmonitor.closeup import CloseUp
from kapmonitor.commands import Command
from kapmonitor.errors import CommandRefused, RecordDamaged
from kapmonitor.model import (
    AlertKind,
    ChannelKey,
    CuffReading,
    CuffState,
    GenerationMode,
    Measured,
    Reading,
)
from kapmonitor.nearby import Nearby
from kapmonitor.people.signature import Finding
from kapmonitor.picture import CUFF_ROLES, DEFAULT_INTERVAL_S
from kapmonitor.record.amend import Amended
from kapmonitor.record.appending import entries_in, leave_one_file
from kapmonitor.record.cuffs import reading_of
from kapmonitor.record.left import NAMES, Lost
from kapmonitor.record.verify import DAMAGED, INTACT, Verdict
from kapmonitor.record.view import RecordView
from kapmonitor.reviewframes import Frame, Frames
from kapmonitor.session.events import MusicEvent, SessionResumed
from kapmonitor.session.state import SessionState
from kapmonitor.session.timeofday import times_of_day
from kapmonitor.snapshot import CuffTile, Snapshot, Tile
from kapmonitor.tiles import CUFF_GONE_NS, cuff_freshness, nearest_limits, tile, top_priority
from kapmonitor.view import Role, SignalView, WaveTap
from kapmonitor.vitals import FALL_BACK_NS, SOURCES

SLOWEST: Final = 0.5
FASTEST: Final = 60.0
GONE: Final = "gone: the file can no longer be read"


class Review:
    """Answers ui.ports.ReplayPort from a record. `real_ns` is the computer's own monotonic clock.

    `lost` is what is not in the file, as it is what was left of a damaged one.
    """

    def __init__(
        self,
        path: Path,
        verdict: Verdict,
        real_ns: Callable[[], int] = time.monotonic_ns,
        lost: tuple[Lost, ...] = (),
    ) -> None:
        self.path = path
        self._record = RecordView(path)
        self._entries = entries_in(self._record.reader)
        self._view = CarefulView(self._record)
        self._verdict = verdict
        self.lost = lost
        self._real_ns = real_ns
        events = [row.stamped for row in self._record.events()]
        if not events:
            raise RecordDamaged(str(path), "nothing was ever recorded in it")
        self._frames = Frames(events, lenient=verdict.kind == DAMAGED)
        self._times = times_of_day(events)
        self._music = tuple(
            (each.t_ns, each.event) for each in events if isinstance(each.event, MusicEvent | SessionResumed)
        )
        first, last = self._view.span()
        times = [stamped.t_ns for stamped in events]
        self._span = (min(times), max(times[-1], last if last > first else times[-1]))
        self._last: Snapshot | None = None
        self._taps: dict[ChannelKey, CarefulTap] = {}
        self._beyond: tuple[Beyond, ...] | None = None
        self._at_ns = self._span[0]
        self._from_real_ns = 0
        self._speed = 1.0
        self._playing = False

    def close(self) -> None:
        """Let go of the file; as one if a closed record was added to meanwhile, and else as it is."""
        grew = self._verdict.kind == INTACT and entries_in(self._record.reader) > self._entries
        self._record.close()
        if grew:
            leave_one_file(self.path)

    def reread(self, amended: Amended) -> None:
        """Look again at what people did: a note was amended."""
        self._record.reread()
        self._frames = Frames(row.stamped for row in self._record.events())
        self._verdict = replace(self._verdict, signatures=amended.signatures, amended=amended.amended)

    def span(self) -> tuple[int, int]:
        """First and last t_ns of the session."""
        return self._span

    def whole(self) -> SessionState:
        """All of the session, wherever the playhead stands."""
        return self._frames.last().session

    def music(self) -> tuple[tuple[int, MusicEvent | SessionResumed], ...]:
        """What happened to the music and when, and when the program was taken up."""
        return self._music

    def now_ns(self) -> int:
        if not self._playing:
            return self._at_ns
        passed_ns = int((self._real_ns() - self._from_real_ns) * self._speed)
        now_ns = self._at_ns + passed_ns
        if now_ns >= self._span[1]:
            self._at_ns, self._playing = self._span[1], False
            return self._at_ns
        return now_ns

    def play(self, *, playing: bool) -> None:
        self._at_ns = self.now_ns()
        if playing and self._at_ns >= self._span[1]:
            self._at_ns = self._span[0]
        self._from_real_ns = self._real_ns()
        self._playing = playing

    def playing(self) -> bool:
        return self._playing

    def set_speed(self, speed: float) -> None:
        self._at_ns = self.now_ns()
        self._from_real_ns = self._real_ns()
        self._speed = min(max(speed, SLOWEST), FASTEST)

    def seek(self, t_ns: int) -> None:
        self._at_ns = min(max(t_ns, self._span[0]), self._span[1])
        self._from_real_ns = self._real_ns()

    def moments(self) -> tuple[tuple[int, str], ...]:
        session = self.whole()
        found = [(note.t_ns, "note") for note in session.notes if not note.withdrawn]
        found += [(dose.t_ns, "dose") for dose in session.doses]
        found += [(alarm.t0_ns, "alarm") for alarm in session.alarms]
        found += [(t_ns, "phase") for t_ns, _ in session.phases]
        found += [(beyond.t_ns, "reading") for beyond in self.beyond()]
        return tuple(sorted(found))

    def beyond(self) -> tuple[Beyond, ...]:
        """Readings outside the limits that held then; none where what is left does not tell."""
        if self._beyond is None:
            self._beyond = readings_beyond(self._view, held(self._frames.each(), self._span[1]))
        return self._beyond

    def summary(self) -> str:
        kind = self._verdict.kind
        if self._view.trouble and kind != DAMAGED:
            return GONE
        if kind == INTACT:
            return f"intact{_signed(self._verdict)}{_amended(self._verdict)}"
        if kind == DAMAGED and self.lost:
            count = len(self.lost)
            return f"damaged in {count} places" if count > 1 else "damaged in one place"
        if kind == DAMAGED:
            return f"damaged: {self._verdict.first_bad}"
        missing = self._verdict.missing
        return f"interrupted: {missing[0]}" if missing else "interrupted"

    def nearby(self) -> Nearby:
        """A record is not looked around in."""
        return Nearby()

    def submit(self, command: Command) -> Future[None]:
        refused: Future[None] = Future()
        refused.set_exception(CommandRefused(type(command).__name__, "a record in review is not changed"))
        return refused

    def view(self) -> SignalView:
        return self._view

    def close_up(self) -> CloseUp:
        """The record for single moments, and its waves down to the sample."""
        return self._view.close_up()

    def tap(self, key: ChannelKey) -> WaveTap | None:
        tap = self._taps.get(key)
        if tap is None:
            tap = self._view.tap(key)
            if tap is None:
                return None
            self._taps[key] = tap
        tap.move_to(self.now_ns())
        return tap

    def snapshot(self) -> Snapshot:
        """Made once for each place of the playhead; several parts of the screen ask for it."""
        now_ns = self.now_ns()
        last = self._last
        if last is None or (last.t_ns, last.speed) != (now_ns, self._speed):
            last = self._last = self._snapshot(now_ns)
        return last

    def _snapshot(self, now_ns: int) -> Snapshot:
        frame = self._frames.at(now_ns)
        started = frame.session.started
        for tap in self._taps.values():
            tap.move_to(now_ns)
        perfusion = self._newest(mdc.PERFUSION_INDEX.ref, now_ns)
        return Snapshot(
            t_ns=now_ns,
            utc_ns=self._times.utc_ns(now_ns),
            utc_offset_min=started.utc_offset_min if started is not None else 0,
            mode=GenerationMode.TEST,
            speed=self._speed,
            session=frame.session,
            hr=self._tile(Role.HR, frame, now_ns),
            spo2=self._tile(Role.SPO2, frame, now_ns),
            perfusion=perfusion[1].value if perfusion and isinstance(perfusion[1], Measured) else None,
            nibp=self._cuff_tile(frame, now_ns),
            pleth=next((key for key in self._record.wave_keys() if key.ref == mdc.PLETH.ref), None),
            links=frame.links,
            alarms=frame.alarms,
            limits=frame.limits(now_ns),
            baseline=frame.baseline,
        )

    def _tile(self, role: Role, frame: Frame, now_ns: int) -> Tile:
        newest: tuple[int, Reading, str] | None = None
        alerts: tuple[AlertKind, ...] = ()
        for ref, device in self._sources(role, frame):
            found = self._newest(ref, now_ns, device)
            if found is None:
                continue
            link = next((link for link in frame.links if link.device == found[2]), None)
            named = (found[0], found[1], link.label if link is not None else found[2])
            if newest is None or newest[0] < now_ns - FALL_BACK_NS:
                newest, alerts = named, link.alerts if link is not None else ()
        shown = tile(newest, now_ns, role, frame.rules, frame.alarms, alerts)
        shown = replace(shown, unread=self._is_unread(now_ns))
        changed = next((link for link in frame.links if link.changed), None) if newest is None else None
        return shown if changed is None else replace(shown, source=changed.label, unconfirmed=True)

    def _is_unread(self, now_ns: int) -> bool:
        """Whether readings of this time cannot be had, if there were any."""
        missing = (each for each in self.lost if each.what == NAMES["numeric"] and not each.changed)
        return bool(self._view.trouble) or any(each.t0_ns <= now_ns <= each.t1_ns for each in missing)

    def _sources(self, role: Role, frame: Frame) -> tuple[tuple[str, str], ...]:
        """The metric and device that stood for a role then; any device's where the record does not tell."""
        shown = next((shown for shown in frame.session.shown if shown.role == role.value), None)
        if shown is not None:
            return ((shown.ref, shown.device),) if shown.device else ()
        return tuple((ref, "") for ref in SOURCES[role])

    def _newest(self, ref: str, now_ns: int, device: str = "") -> tuple[int, Reading, str] | None:
        best: tuple[int, Reading, str] | None = None
        for key in self._record.numeric_keys():
            wanted = key.ref == ref and device in ("", key.device)
            row = self._view.numeric_before(key, now_ns) if wanted else None
            if row is not None and not row.stored and (best is None or row.t_ns > best[0]):
                best = (row.t_ns, reading_of(row), key.device)
        return best

    def _cuff_tile(self, frame: Frame, now_ns: int) -> CuffTile:
        last = self._last_cuff(now_ns)
        plan = frame.session.cuff_plan
        low_sys, high_sys = nearest_limits(frame.rules, Role.NIBP_SYS)
        _, high_dia = nearest_limits(frame.rules, Role.NIBP_DIA)
        interval_s = plan.interval_s if plan is not None and plan.interval_s else DEFAULT_INTERVAL_S
        device = next((link for link in frame.links if last and link.device == last.device), None)
        pressure = self._newest(mdc.CUFF_PRESSURE.ref, now_ns) if frame.measuring else None
        return CuffTile(
            last=last,
            freshness=cuff_freshness(last, interval_s, now_ns),
            source=device.label if device is not None else "",
            high_sys=high_sys,
            high_dia=high_dia,
            low_sys=low_sys,
            state=CuffState.MEASURING if frame.measuring else CuffState.IDLE,
            pressure=pressure[1].value if pressure and isinstance(pressure[1], Measured) else None,
            next_t_ns=plan.next_t_ns if plan is not None and plan.next_t_ns > now_ns else None,
            held=plan.held if plan is not None else False,
            alarm=top_priority(frame.alarms, CUFF_ROLES),
            unread=self._is_unread(now_ns),
        )

    def _last_cuff(self, now_ns: int) -> CuffReading | None:
        for reading in reversed(self._view.cuffs(now_ns - CUFF_GONE_NS, now_ns)):
            known = isinstance(reading.systolic, Measured) or isinstance(reading.mean, Measured)
            if known and not reading.stored:
                return reading
        return None


def _signed(verdict: Verdict) -> str:
    """What an intact record's signatures come to; one that does not hold makes it a damaged one."""
    if not verdict.signatures:
        return ""
    if any(each.finding is not Finding.VALID for each in verdict.signatures):
        return ", signed with a key not known here"
    count = len(verdict.signatures)
    return ", its signature holds" if count == 1 else f", its {count} signatures hold"


def _amended(verdict: Verdict) -> str:
    count = len(verdict.amended)
    return "" if not count else f", {count} {'note' if count == 1 else 'notes'} amended afterwards"
