"""The column of number tiles, kept in step with the session."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QWidget

from kapmonitor.model import ChannelKey, GenerationMode
from kapmonitor.snapshot import Snapshot
from kapmonitor.view import WaveTap
from ui import alarm_text, strings
from ui.flash import Flasher
from ui.format import SECOND_NS
from ui.missed.owing import owed
from ui.ports import SessionPort
from ui.sweep import Lane
from ui.theme import Theme
from ui.tiles.face import NumberFace, link_of, number_face
from ui.tiles.look import HR_ROLES, SPO2_ROLES, look
from ui.tiles.number import NumberTile
from ui.tiles.pressure import PressureTile
from ui.tiles.pressure_face import PressureFace, pressure_face

PLETH_WINDOW_S = 8.0


class Numbers(QObject):
    """Heart rate, saturation, blood pressure. Faces are made at paint time, by the port's clock."""

    def __init__(self, theme: Theme, flasher: Flasher, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._port: SessionPort | None = None
        self._snapshot = Snapshot()
        self._pleth: tuple[ChannelKey, WaveTap] | None = None
        self._waves = False
        self._owed_at: object = None
        self._owed_times: tuple[int, ...] = ()
        self.hr = NumberTile(theme, flasher, strings.HR, strings.PER_MINUTE, self._hr_face, parent=parent)
        self.spo2 = NumberTile(
            theme,
            flasher,
            strings.SPO2,
            strings.PERCENT,
            self._spo2_face,
            with_sweep=True,
            parent=parent,
        )
        self.bp = PressureTile(theme, flasher, self._bp_face, parent)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.hr.set_theme(theme, theme.palette.hr)
        self.spo2.set_theme(theme, theme.palette.spo2)
        self.bp.set_theme(theme)
        self._show_lane()

    def place(self, hr: QRect, spo2: QRect, bp: QRect) -> None:
        """Where the tiles stand."""
        self.hr.setGeometry(hr)
        self.spo2.setGeometry(spo2)
        self.bp.setGeometry(bp)

    def begin_waves(self) -> None:
        """Draw waves from now on; before the first paint they would only delay it, as they need numpy."""
        self._waves = True
        self._show_lane()
        self.advance()

    def forget(self) -> None:
        """Another session comes: let go of this one's wave."""
        self._pleth = None
        self._show_lane()

    def show_session(self, port: SessionPort, snapshot: Snapshot) -> None:
        """Show this from now on."""
        self._port, self._snapshot = port, snapshot
        self._find_pleth(port, snapshot.pleth)
        self.hr.refresh(flashing=self._flashing("hr"))
        self.spo2.refresh(flashing=self._flashing("spo2"))
        self.bp.refresh(flashing=self._flashing("nibp"))
        self.advance()

    def advance(self) -> None:
        """Draw what is new of the wave."""
        if self.spo2.sweep is not None and self.spo2.sweep.isVisible():
            self.spo2.sweep.advance()

    def _find_pleth(self, port: SessionPort, key: ChannelKey | None) -> None:
        if key is None:
            if self._pleth is not None:
                self.forget()
            return
        tap = port.tap(key)
        known = self._pleth
        if known is not None and known[0] == key and (tap is None or tap is known[1]):
            return
        self._pleth = None if tap is None else (key, tap)
        self._show_lane()

    def _show_lane(self) -> None:
        lane = None
        if self._pleth is not None and self._waves:
            lane = Lane(self._pleth[1], self._theme.palette.spo2, PLETH_WINDOW_S)
        self.spo2.set_lane(lane)

    def _flashing(self, role: str) -> bool:
        return any(
            alarm.role.startswith(role) and alarm_text.flashes(alarm) for alarm in self._snapshot.alarms
        )

    def _now_ns(self) -> int:
        return self._port.now_ns() if self._port is not None else self._snapshot.t_ns

    def _hr_face(self) -> NumberFace:
        shot = self._snapshot
        link = link_of(shot.links, shot.hr.source)
        now_ns = self._now_ns()
        seen = look(shot, HR_ROLES, now_ns)
        return number_face(shot.hr, link, now_ns, shot.speed, look=seen, crossed=seen.crossed_of("hr"))

    def _spo2_face(self) -> NumberFace:
        shot = self._snapshot
        extra = "" if shot.perfusion is None else strings.PERFUSION.format(value=f"{shot.perfusion:.1f}")
        link = link_of(shot.links, shot.spo2.source)
        now_ns = self._now_ns()
        seen = look(shot, SPO2_ROLES, now_ns)
        return number_face(shot.spo2, link, now_ns, shot.speed, extra, seen, seen.crossed_of("spo2"))

    def _bp_face(self) -> PressureFace:
        now_ns = self._now_ns()
        return pressure_face(self._snapshot, now_ns, self._owed(now_ns))

    def _owed(self, now_ns: int) -> tuple[int, ...]:
        """Times of cuffs that nobody took or explained; looked up once a second."""
        shot = self._snapshot
        if self._port is None or not self._waves or shot.mode is GenerationMode.TEST:
            return ()
        if self._owed_at != (now_ns // SECOND_NS, shot.session.cuffs_explained):
            self._owed_at = now_ns // SECOND_NS, shot.session.cuffs_explained
            self._owed_times = owed(self._port, shot, now_ns)
        return self._owed_times
