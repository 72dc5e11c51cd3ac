"""The dashboard with the page of doses and cuffs that were missed: show_doses.py FOLDER [NAME ...]"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fake_session import DOSE_NS, MIN, FakeSession  # noqa: E402
from PySide6.QtCore import QSize, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from show_dashboard import compose  # noqa: E402

from kapmonitor.session.events import CardFilled, CuffExplained, DoseAmended, DoseGiven, Route, Stamped  # noqa: E402
from kapmonitor.session.state import fold  # noqa: E402
from ui.dose import DosePage  # noqa: E402
from ui.missed.page import MissedPage  # noqa: E402
from ui.screenshot import save  # noqa: E402

SIZES = (QSize(1920, 1080), QSize(1366, 768))
K = Qt.Key


class Scene:
    """A window over a session at T+42:17, with the page of doses if it was opened."""

    def __init__(self, size: QSize, variant: str = "quiet") -> None:
        self.session = FakeSession(variant)
        self.tell(-12.0, CardFilled("weight", "80", "RN"))
        self.window, self.music = compose(self.session)
        self.window.resize(size)
        self.window.show()
        self.page: DosePage | None = None

    def tell(self, minutes: float, event: object) -> None:
        self.session.state = fold(self.session.state, Stamped(DOSE_NS + round(minutes * MIN), event))  # type: ignore[arg-type]

    def open(self) -> DosePage:
        self.page = DosePage(self.session, self.window.theme, self.session.now_ns(), "RN", ids=lambda: "d2")
        self.page.asked.connect(self.session.submit)
        self.page.left.connect(self.window.close_over_trends)
        self.window.open_over_trends(self.page)
        self.live()
        return self.page

    def live(self) -> None:
        for _ in range(20):
            self.session.advance(0.05)
            self.window.refresh()
            self.music.refresh(self.session.snapshot())
            QApplication.processEvents()

    def type(self, name: str, text: str) -> None:
        assert self.page is not None
        QTest.keyClicks(self.page.fields.lines[name], text)

    def press(self, key: Qt.Key) -> None:
        assert self.page is not None
        QTest.keyClick(self.page.fields.lines["amount"], key)


def second(scene: Scene) -> None:
    scene.tell(30.0, DoseGiven("ketamine", 20.0, "im", "right deltoid", "RN", "A7", "KL", 80.0, "d1"))


def amended(scene: Scene) -> None:
    second(scene)
    scene.tell(
        35.0,
        DoseAmended(
            f"t{DOSE_NS}", DOSE_NS, "ketamine", 60.0, "im", "left deltoid", "RN", "A7", "KL", 80.0, False,
            "syringe held 60", "RN",
        ),
    )  # fmt: skip
    scene.tell(36.0, DoseGiven("ketamine", 30.0, "iv", "", "RN", dose="d9"))
    scene.tell(
        37.0,
        DoseAmended(
            "d9", DOSE_NS + 36 * MIN, "ketamine", 30, "iv", "", "RN", "", "", 0, True, "not given", "RN"
        ),
    )


def empty(scene: Scene) -> None:
    scene.open()


def filled(scene: Scene) -> None:
    page = scene.open()
    page.fields.set_route(Route.IM)
    for name, text in (("at", "-5"), ("amount", "70"), ("site", "left deltoid"), ("lot", "A7")):
        scene.type(name, text)


def doubted(scene: Scene) -> None:
    page = scene.open()
    page.fields.set_route(Route.IM)
    scene.type("amount", "700")
    scene.press(K.Key_Return)


def correcting(scene: Scene) -> None:
    amended(scene)
    scene.open()
    scene.press(K.Key_F2)
    scene.press(K.Key_F2)


def list_of_doses(scene: Scene) -> None:
    amended(scene)
    scene.open()


def trends(scene: Scene) -> None:
    amended(scene)
    QTest.qWait(1200)


def missed(scene: Scene) -> None:
    readings = tuple(c for c in scene.session.cuffs() if round((c.t_ns - DOSE_NS) / MIN) not in (15, 20, 30))
    scene.session.cuffs = lambda: readings  # type: ignore[method-assign]
    scene.tell(22.0, CuffExplained(DOSE_NS + 20 * MIN, "asleep, not disturbed", "KL"))
    QTest.qWait(1200)


def missed_page(scene: Scene) -> None:
    missed(scene)
    page = MissedPage(scene.session, scene.window.theme, "KL")
    page.asked.connect(scene.session.submit)
    scene.window.open_over_trends(page)


def again(scene: Scene) -> None:
    usual = scene.session._nibp
    scene.session._nibp = lambda: replace(usual(), again="high")  # type: ignore[method-assign]


SCENES = {
    "empty": empty,
    "filled": filled,
    "doubted": doubted,
    "correcting": correcting,
    "list": list_of_doses,
    "trends": trends,
    "missed": missed,
    "missed-page": missed_page,
    "again": again,
}


def main() -> None:
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    for size in SIZES:
        for name, play in SCENES.items():
            if wanted and name not in wanted:
                continue
            scene = Scene(size)
            play(scene)
            scene.live()
            save(scene.window, folder / f"{name}-{size.width()}.png", size)
            scene.window.close()
            scene.window.deleteLater()
            QApplication.processEvents()
    del application


if __name__ == "__main__":
    main()
