"""Pictures of scales, PINs, the room, the lock and the emergency card: show_people.py FOLDER [NAME ...]"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fake_session import DOSE_NS, MIN, OPENED_NS  # noqa: E402
from people_parts import CareSession, Desk, FakeDoor, K, settle  # noqa: E402
from PySide6.QtCore import QSize  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from kapmonitor.protocol import shipped  # noqa: E402
from kapmonitor.session.care_events import CardFilled, PresenceSaid, ProtocolSet, ScaleScored  # noqa: E402
from kapmonitor.session.events import Stamped  # noqa: E402
from kapmonitor.session.state import fold  # noqa: E402
from ui.screenshot import save  # noqa: E402

PHONES = ("112  ambulance", "Dr. Pat Berg  0170 123 45 67", "Clinic  030 123 45 67")
SIZES = (QSize(1920, 1080), QSize(1366, 768))


class NoBot:
    """Stands in for pytest-qt's fixture."""

    def addWidget(self, widget: object) -> None:  # noqa: N802  # as pytest-qt has it
        """Nothing is closed behind our back."""

    def waitExposed(self, widget: object) -> None:  # noqa: N802  # as pytest-qt has it
        """It is shown already."""


def session(variant: str = "quiet", now_min: float | None = None) -> CareSession:
    more = {} if now_min is None else {"now_ns": DOSE_NS + round(now_min * MIN)}
    made = CareSession(variant, **more)
    told = ProtocolSet("example", "", "", True, shipped.example_path().read_text("utf-8"))
    for t_ns, event in (
        (OPENED_NS, told),
        (OPENED_NS, CardFilled("touch", "hand only, after asking", "KL")),
        (OPENED_NS + MIN, PresenceSaid("KL", "therapist", True, "KL")),
        (OPENED_NS + MIN, PresenceSaid("RN", "nurse", True, "KL")),
        (DOSE_NS - 6 * MIN, ScaleScored("distress", 3, OPENED_NS, "KL")),
        (DOSE_NS - 5 * MIN, ScaleScored("moaas", 5, OPENED_NS, "KL")),
    ):
        made.state = fold(made.state, Stamped(t_ns, event))
    return made


def resting(desk: Desk) -> None:
    """Something is due."""


def scales(desk: Desk) -> None:
    desk.press(K.Key_Q)


def scale_items(desk: Desk) -> None:
    desk.press(K.Key_Q, K.Key_5)
    desk.type("102")


def scale_saved(desk: Desk) -> None:
    desk.press(K.Key_Q, K.Key_5)
    desk.type("102030")
    desk.press(K.Key_3)


def scale_wrong(desk: Desk) -> None:
    desk.press(K.Key_Q, K.Key_Down, K.Key_Down)
    desk.type("19")


def scales_missed(desk: Desk) -> None:
    desk.press(K.Key_Q)


def pin_pick(desk: Desk) -> None:
    desk.press(K.Key_D)
    desk.type("x")


def pin_typed(desk: Desk) -> None:
    desk.press(K.Key_D)
    desk.type("r9753")


def pin_wrong(desk: Desk) -> None:
    desk.press(K.Key_D)
    desk.type("r000000")
    desk.press(K.Key_Return)


def pin_nobody(desk: Desk) -> None:
    desk.press(K.Key_L)
    desk.window.over_trends.pin_wanted.emit()  # type: ignore[union-attr]


def room(desk: Desk) -> None:
    desk.press(K.Key_W, shift=True)


def handing(desk: Desk) -> None:
    desk.press(K.Key_W, shift=True)
    desk.press(K.Key_H)


def handed(desk: Desk) -> None:
    handing(desk)
    desk.press(K.Key_4)


def locked(desk: Desk) -> None:
    desk.press(K.Key_L, shift=True, control=True)


def unlocking(desk: Desk) -> None:
    locked(desk)
    desk.type("r9753")


def emergency(desk: Desk) -> None:
    desk.press(K.Key_F1)


def locked_emergency(desk: Desk) -> None:
    locked(desk)
    emergency(desk)


Play = Callable[[Desk], None]
SCENES: dict[str, tuple[Play, dict[str, object], dict[str, object]]] = {
    "resting": (resting, {}, {}),
    "scales": (scales, {}, {}),
    "scale-items": (scale_items, {}, {}),
    "scale-saved": (scale_saved, {}, {}),
    "scale-wrong": (scale_wrong, {}, {}),
    "scales-missed": (scales_missed, {"now_min": 75}, {}),
    "scales-before": (scales, {"variant": "baseline"}, {}),
    "pin-pick": (pin_pick, {}, {}),
    "pin-typed": (pin_typed, {}, {}),
    "pin-wrong": (pin_wrong, {"variant": "high"}, {}),
    "room": (room, {}, {}),
    "handing": (handing, {}, {}),
    "handed": (handed, {}, {}),
    "locked": (locked, {}, {}),
    "locked-alarm": (locked, {"variant": "high"}, {}),
    "unlocking": (unlocking, {}, {}),
    "locked-no-list": (locked, {}, {"people": (), "door": None}),
    "emergency": (emergency, {}, {"phones": PHONES}),
    "emergency-stale": (emergency, {"variant": "stale"}, {}),
    "locked-emergency": (locked_emergency, {}, {"phones": PHONES}),
    "pin-nobody": (pin_nobody, {}, {"people": (), "door": FakeDoor()}),
}


def live(desk: Desk, seconds: float) -> None:
    """As long for the session as for the screen."""
    for _ in range(round(seconds * 20)):
        desk.session.advance(1 / 20)
        QTest.qWait(50)
        desk.window.refresh()
        settle()


def picture(name: str, folder: Path, size: QSize) -> None:
    play, more, given = SCENES[name]
    desk = Desk(NoBot(), session(**more), size, **given)  # type: ignore[arg-type]
    live(desk, 0.9)
    play(desk)
    live(desk, 1.2)
    save(desk.shell, folder / f"{name}-{size.width()}.png", size)
    desk.close()
    desk.shell.close()
    desk.shell.deleteLater()
    QApplication.processEvents()


def main() -> None:
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    for size in SIZES:
        for name in SCENES:
            if not wanted or name in wanted:
                picture(name, folder, size)
    del application


if __name__ == "__main__":
    main()
