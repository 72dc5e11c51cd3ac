"""One session, synchronous: what devices say and what people do becomes state, record rows and a snapshot.

Called on one thread only (the core thread, or a test). Nothing here waits: rows go to the recorder, and
the dashboard reads `snapshot`, which is replaced at each tick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Final

from kapmonitor import charting
from kapmonitor import vitals as vitals_module
from kapmonitor.alarms.limits import LimitSet
from kapmonitor.alarms.signals import SoundState
from kapmonitor.alarms.technical import MOVED, RECORD
from kapmonitor.anchor import Anchor
from kapmonitor.channels import Channels
from kapmonitor.clock import Clock
from kapmonitor.commands import AlarmCommand, Command
from kapmonitor.devicebook import DeviceBook
from kapmonitor.errors import CommandRefused
from kapmonitor.liveview import LiveView, LiveWave
from kapmonitor.model import (
    Absent,
    ChannelKey,
    CuffChanged,
    CuffFailed,
    CuffState,
    DeviceAlert,
    DeviceEvent,
    DeviceIdentified,
    Fault,
    GenerationMode,
    LinkChanged,
    Measured,
    Metric,
    Observation,
    WaveformBlock,
    WireChunk,
)
from kapmonitor.picture import CuffOutlook, Scene, outlook_of, picture
from kapmonitor.plausible import gate
from kapmonitor.protocol.phases import PhasePlan
from kapmonitor.record.earlier import Earlier
from kapmonitor.record.items import DataRow, NumericRow, Recorder, WireRow
from kapmonitor.senses import Senses
from kapmonitor.session.events import (
    ComputerSlept,
    CuffPlan,
    DeviceAdded,
    SessionClosed,
    SessionEvent,
    SessionResumed,
    SessionStarted,
    SourceChosen,
    Stamped,
)
from kapmonitor.session.state import SessionState, fold
from kapmonitor.snapshot import LinkStatus, Snapshot, StationFacts
from kapmonitor.view import Role, WaveTap
from kapmonitor.watch import Watch

FAULTS_EVERY_NS: Final = 5_000_000_000


class Engine:
    """Owns the state of one running session."""

    def __init__(
        self,
        clock: Clock,
        recorder: Recorder,
        started: Stamped,
        limits: LimitSet,
        *,
        speed: float = 1.0,
        also: Sequence[Stamped] = (),
        earlier: Earlier | None = None,
    ) -> None:
        """`started` and `also` are on record already; so is what `earlier` holds."""
        if not isinstance(started.event, SessionStarted):
            raise TypeError("a session begins with SessionStarted")
        self._clock = clock
        self._recorder = recorder
        self._started = started.event
        self._speed = speed
        self._jitter_ns = int(1e9 * max(1.0, speed))
        self._state: SessionState = fold(SessionState(), started)
        self._watch = Watch(limits, started.t_ns)
        self.senses = Senses(self._emit)
        self._vitals = vitals_module.Vitals()
        self.book = DeviceBook(self._emit)
        self._shown = vitals_module.Shown()
        self.searching: tuple[LinkStatus, ...] = ()
        self.phases: tuple[PhasePlan, ...] = ()
        """When the protocol suggests the next phase."""
        self._channels = Channels()
        self._outlook = CuffOutlook()
        self._anchor = Anchor(started.t_ns, started.event.utc_ns)
        self._faults_t_ns = started.t_ns
        self.view = LiveView()
        self.on_samples: Callable[[], None] = _nothing
        self.on_cuff: Callable[[str, CuffState], None] = _nothing
        self.snapshot = Snapshot(mode=GenerationMode(started.event.mode), speed=speed)
        if earlier is not None:
            self._take_up(earlier)
        for stamped in also:
            self._state = fold(self._state, stamped)
            self._show_alarms(stamped)
        self._tell_limits()

    def _take_up(self, earlier: Earlier) -> None:
        """Begin where the record ends. What it holds already is not put there again."""
        now_ns, utc_ns = self._clock.now_ns(), self._clock.utc_ns()
        self._state = earlier.state
        self._watch.recall(earlier, now_ns)
        self._vitals = self._watch.vitals()
        self._shown = vitals_module.Shown(earlier.state.shown)
        self._channels = Channels(earlier.channels)
        self._outlook = outlook_of(earlier.state.cuff_plan)
        self.book.recall(earlier.events, earlier.cuffs)
        self.senses.recall(earlier.events, self.book.views)
        self.view.recall(earlier)
        # By the time of day until then: the first look tells of a clock that was set meanwhile.
        self._anchor = Anchor(now_ns, now_ns + earlier.last_utc_ns - earlier.last_t_ns)
        self._faults_t_ns = now_ns
        gap_ns = now_ns - earlier.last_t_ns
        self._keep(Stamped(now_ns, SessionResumed(utc_ns, gap_ns, earlier.waves_lost_ns)))
        self.snapshot = self._picture(now_ns)

    def add_device(self, added: DeviceAdded) -> None:
        """A device belongs to the session from now on."""
        self.book.add(added, self._clock.now_ns())

    def adopt(self, device: str, by: str, known: DeviceIdentified | None) -> Future[int]:
        """Somebody said that this device, which said this of itself, is on this person."""
        return self.record(self.book.adopt(device, by, known))

    def confirm(self, device: str, by: str) -> Future[int]:
        """What answers in the place of a device is right; CommandRefused if nothing was asked."""
        return self.record(self.book.confirm(device, by))

    def release(self, device: str, by: str) -> Future[int]:
        """Somebody took this device out; CommandRefused if it is not in the session."""
        released = self.book.release(device, by)
        self._break_trends(device, self._clock.now_ns())
        self._vitals.forget(device)
        return self.record(released)

    def choose(self, role: Role, device: str, by: str) -> Future[int]:
        """Somebody chose the device that stands for a role; CommandRefused if it is not in the session."""
        if device not in self.book.views:
            raise CommandRefused("show", "not-adopted")
        self._vitals.prefer(role, device)
        return self.record(SourceChosen(role.value, device, by))

    def slept(self, length_ns: int, now_ns: int) -> None:
        """The computer was asleep until now, and nothing was monitored meanwhile."""
        self._emit(ComputerSlept(length_ns), now_ns)

    def note(self, event: SessionEvent) -> None:
        """Put an event on record at the present time; nobody waits for it."""
        self._emit(event)

    def source_of(self, role: Role, now_ns: int) -> str:
        """The device whose values stand for a role now; empty if there is none."""
        return self._vitals.source_of(role, now_ns)

    def plan_cuff(self, device: str, outlook: CuffOutlook) -> None:
        """The cuff safety layer plans something else than before."""
        if outlook == self._outlook:
            return
        moved = outlook.due != self._outlook.due
        self._outlook = outlook
        if moved:
            next_t_ns = outlook.next_t_ns or 0
            self._emit(CuffPlan(device, next_t_ns, int(outlook.interval_s), outlook.held, outlook.again))

    def record(self, event: SessionEvent) -> Future[int]:
        """Put an event on record durably, at the present time."""
        return self._emit_durable(event, self._clock.now_ns())

    def close(self, reason: str) -> None:
        """End the session: all that waits goes to the recorder, then the closing event."""
        now_ns = self._clock.now_ns()
        self.tick(now_ns)
        for wave in self.view.waves():
            self._put_all(wave.flush())
        self._report_faults(now_ns)
        closed = Stamped(now_ns, SessionClosed(reason, self._clock.utc_ns()))
        for each in self._watch.end(closed):
            self._emit(each.event, each.t_ns)
        self._keep(closed)

    def on_wire(self, device: str, chunk: WireChunk) -> None:
        """Bytes crossed a wire."""
        self._recorder.put(WireRow(chunk.t_ns, device, chunk.direction, chunk.data, chunk.channel))

    def on_link(self, device: str, change: LinkChanged) -> None:
        """A link changed state."""
        if self.book.linked(device, change):
            self._break_trends(device, change.t_ns)

    def _break_trends(self, device: str, t_ns: int) -> None:
        for role in vitals_module.SOURCES:
            chosen = self._vitals.chosen(role, t_ns)
            if chosen is not None and chosen[0].device == device:
                self.view.break_trend(role, t_ns)

    def on_event(self, device: str, event: DeviceEvent) -> None:
        """A driver made something of the bytes."""
        self.senses.heard(device, event)
        match event:
            case WaveformBlock():
                self._on_wave(device, event)
            case Observation():
                self._on_numeric(device, gate(event))
            case Fault():
                self.book.faulted(device, event)
            case DeviceAlert():
                self.book.alerted(device, event)
            case CuffChanged() | CuffFailed():
                self._on_cuff(device, event)
            case DeviceIdentified():
                if self.book.identified(device, event):
                    self._break_trends(device, event.t_ns)
                    self._vitals.doubt(device, event.t_ns)

    def _on_wave(self, device: str, block: WaveformBlock) -> None:
        fs = block.metric.fs
        if fs is None or len(block.samples) == 0:
            return
        key = ChannelKey(device, block.metric.ref)
        wave = self.view.live_wave(key)
        if wave is not None and wave.metric != block.metric:
            # The device changed its format: another scale, so another channel under the same name.
            self._put_all(wave.flush())
            wave = None
        if wave is None:
            channel = self._channel(device, block.metric, block.t_ns)
            wave = LiveWave(block.metric, fs, channel, self._jitter_ns)
            self.view.add_wave(key, wave)
        self._put_all(wave.write(block))
        self.on_samples()

    def _on_numeric(self, device: str, observation: Observation) -> None:
        reading = observation.reading
        row = NumericRow(
            t_ns=observation.t_ns,
            channel=self._channel(device, observation.metric, observation.t_ns),
            value=reading.value if isinstance(reading, Measured) else None,
            validity=reading.validity,
            raw=reading.raw if isinstance(reading, Absent) else None,
            device_time=observation.device_time,
            stored=observation.stored,
        )
        self._recorder.put(row)
        self._show_alarms(row)
        if self.book.speaks(device):
            self._show(device, observation)

    def _show(self, device: str, observation: Observation) -> None:
        """Let the number stand for what it is the chosen source of."""
        self._vitals.observe(device, observation)
        reading = observation.reading
        for role in vitals_module.SOURCES:
            chosen = self._vitals.chosen(role, observation.t_ns)
            is_it = chosen is not None and (chosen[0].device, chosen[1]) == (device, observation.metric.ref)
            if is_it and isinstance(reading, Measured) and not observation.stored:
                self.view.add_trend(role, observation.t_ns, reading.value)

    def _on_cuff(self, device: str, event: CuffChanged | CuffFailed) -> None:
        changed = self.book.cuffed(device, event)
        if isinstance(event, CuffFailed):
            if self.book.speaks(device):
                self.view.add_cuff(self._vitals.failed_cuff(device, event.failure, event.t_ns))
        elif changed:
            self.on_cuff(device, event.state)

    def _channel(self, device: str, metric: Metric, t_ns: int) -> int:
        number, described = self._channels.number(device, metric)
        if described is not None:
            self._emit(described, t_ns)
        return number

    def handle(self, command: Command) -> Future[int]:
        """Do what somebody asked; the future resolves once it is on disk. Cuff commands go to the station."""
        now_ns = self._clock.now_ns()
        stamped = charting.stamped(command, self._state, now_ns)
        if stamped is not None:
            future = self._emit_durable(stamped.event, stamped.t_ns)
            self._watch.dosed(self._state.dose_t_ns)
            return future
        if isinstance(command, AlarmCommand):
            return self._emit_durable(self._watch.decide(command, now_ns), now_ns)
        raise CommandRefused(type(command).__name__, "no-cuff")

    def tick(self, now_ns: int) -> None:
        """Evaluate alarms and make a new snapshot; called four times a second and after each command."""
        for reading in self._vitals.finished_cuffs(now_ns):
            self.view.add_cuff(reading)
            if not reading.stored:
                self.book.cuff_succeeded(reading.device)
                self._watch.measured(reading)
        anchored = self._anchor.look(self._clock, now_ns)
        if anchored is not None:
            self._emit(anchored, now_ns)
        if now_ns - self._faults_t_ns >= FAULTS_EVERY_NS:
            self._report_faults(now_ns)
        for shown, since_ns in self._shown.changes(self._vitals, self.book.speaks, now_ns):
            self._emit(shown, since_ns)
        status = self._recorder.status()
        self.senses.sense(RECORD, float(bool(status.problem)), status.problem)
        self.senses.sense(MOVED, float(bool(status.moved)), status.moved)
        self.senses.tick(now_ns, self.book.label)
        for change in self._watch.advance(now_ns):
            self._emit(change.event, change.t_ns)
        self._tell_limits()
        before = self.snapshot
        self.snapshot = replace(self._picture(now_ns), sound=before.sound, station=before.station)

    def show_sound(self, sound: SoundState) -> None:
        """The sound of alarms is like this now; told after each tick."""
        self.snapshot = replace(self.snapshot, sound=sound)

    def show_station(self, facts: StationFacts) -> None:
        """The computer is like this now."""
        self.snapshot = replace(self.snapshot, station=facts)

    @property
    def session(self) -> SessionState:
        """The session by now, newer than the snapshot."""
        return self._state

    def tap(self, key: ChannelKey) -> WaveTap | None:
        """A wave at full rate, or None while nothing has come from it."""
        wave = self.view.live_wave(key)
        return wave.tap() if wave is not None else None

    def _report_faults(self, now_ns: int) -> None:
        self._faults_t_ns = now_ns
        self.book.report_faults(now_ns)

    def _tell_limits(self) -> None:
        limits = self._watch.limits_event()
        if limits is not None:
            self._emit(limits)

    def _show_alarms(self, item: Stamped | NumericRow) -> None:
        """Let the alarms see what is put on record."""
        late = self._watch.take(item)
        if late is not None:
            self._emit(late)

    def _picture(self, now_ns: int) -> Snapshot:
        scene = Scene(
            started=self._started,
            speed=self._speed,
            utc_minus_t_ns=self._anchor.utc_minus_t_ns,
            session=self._state,
            vitals=self._vitals,
            devices=self.book.views,
            searching=self.searching,
            alarms=self._watch.shown(),
            rules=self._watch.rules,
            limits=self._watch.in_force(),
            baseline=self._watch.baseline(now_ns),
            outlook=self._outlook,
            waves=self.view.wave_keys(),
            record=self._recorder.status(),
            phases=self.phases,
        )
        return picture(scene, now_ns)

    def _emit(self, event: SessionEvent, t_ns: int | None = None) -> None:
        stamped = Stamped(self._clock.now_ns() if t_ns is None else t_ns, event)
        self._keep(stamped)
        self._show_alarms(stamped)

    def _keep(self, stamped: Stamped) -> None:
        self._state = fold(self._state, stamped)
        self._recorder.put(stamped)

    def _emit_durable(self, event: SessionEvent, t_ns: int) -> Future[int]:
        stamped = Stamped(t_ns, event)
        self._state = fold(self._state, stamped)
        future = self._recorder.put_durable(stamped)
        self._show_alarms(stamped)
        return future

    def _put_all(self, rows: Iterable[DataRow]) -> None:
        for row in rows:
            self._recorder.put(row)


def _nothing(*_: object) -> None:
    """No listener."""
