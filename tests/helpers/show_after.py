"""What comes after a session, in each of its states: show_after.py FOLDER [NAME ...]"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from after_parts import NASAL, AfterSession, answered, filled, gone  # noqa: E402
from PySide6.QtCore import QSize, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from show_dashboard import compose  # noqa: E402

from kapmonitor.people.user import About, Meaning, Role  # noqa: E402
from kapmonitor.session.events import DoseGiven  # noqa: E402
from kapmonitor.signoff import Closed, Kept, SignOff, Stage  # noqa: E402
from ui.after import AfterPage  # noqa: E402
from ui.after.closed import ClosedPage  # noqa: E402
from ui.after.look import Signers  # noqa: E402
from ui.after.protocols import of_session  # noqa: E402
from ui.after.rows import Tab  # noqa: E402
from ui.after.unsigned import QUESTION  # noqa: E402
from ui.question.page import QuestionPage  # noqa: E402
from ui.screenshot import save  # noqa: E402

SIZES = (QSize(1920, 1080), QSize(1366, 768))
K = Qt.Key
PEOPLE = (
    About("berg", "Ann Berg", "AB", Role.PRESCRIBER),
    About("diaz", "Cole Díaz", "CD", Role.NURSE),
)
OFF = SignOff("Ann Berg", "prescriber", Meaning.AUTHOR, "berg", "AB")
HASH = "9f2b6c1d0e8a47355c1f9be0d4a6273188e0cf5514b2a9d7634ef0128bcda597"


def press(page: AfterPage, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(page.entry if page.entry.isVisible() else page, key)
        QApplication.processEvents()


def words(page: AfterPage, text: str) -> None:
    QTest.keyClicks(page.entry, text)


def leaving(session: AfterSession, page: AfterPage) -> None:
    answered(session, all_of_them=False)


def ready(session: AfterSession, page: AfterPage) -> None:
    answered(session, all_of_them=True)
    page.refresh()
    page.choose("left")
    press(page, K.Key_Return)


def reason(session: AfterSession, page: AfterPage) -> None:
    answered(session, all_of_them=False)
    page.refresh()
    page.choose("ride")
    press(page, K.Key_R)
    words(page, "her brother meets her at the tram stop")


def form(session: AfterSession, page: AfterPage) -> None:
    page.go(Tab.FORM)


def form_gone(session: AfterSession, page: AfterPage) -> None:
    gone(session)
    filled(session, "sedation")
    page.go(Tab.FORM)
    page.choose("pressure-40")


def detail(session: AfterSession, page: AfterPage) -> None:
    gone(session)
    page.go(Tab.FORM)
    page.choose("sedation")
    press(page, K.Key_Y)
    words(page, "asleep for ten minutes")


def sign(session: AfterSession, page: AfterPage) -> None:
    page.go(Tab.SIGN)


def pin(session: AfterSession, page: AfterPage) -> None:
    gone(session)
    filled(session)
    page.go(Tab.SIGN)
    press(page, K.Key_Return)
    words(page, "AB")
    press(page, K.Key_Return)
    words(page, "a")
    press(page, K.Key_Return)
    words(page, "2 battery")


def wrong(session: AfterSession, page: AfterPage) -> None:
    pin(session, page)
    press(page, K.Key_Return)
    page.refuse("the PIN is wrong; the next try is possible in 15 s")


def waiting(session: AfterSession, page: AfterPage) -> None:
    pin(session, page)
    press(page, K.Key_Return)


def typed(session: AfterSession, page: AfterPage) -> None:
    gone(session)
    filled(session)
    page.go(Tab.SIGN)
    press(page, K.Key_Return)
    for each in ("Ann Berg", "nurse", "author"):
        words(page, each)
        press(page, K.Key_Return)


def nothing(session: AfterSession, page: AfterPage) -> None:
    page.refresh()


SCENES = {
    "leaving": (leaving, {}),
    "ready": (ready, {"minutes": 124}),
    "reason": (reason, {}),
    "early": (nothing, {"minutes": 30, "late": False}),
    "no-dose": (nothing, {"dose": None}),
    "no-protocol": (nothing, {"protocol": False}),
    "form": (form, {"minutes": 112}),
    "form-gone": (form_gone, {"minutes": 125}),
    "form-other-route": (form, {"dose": DoseGiven("ketamine", 70.0, "im", "arm", "RN")}),
    "form-missing": (form_gone, {"minutes": 125, "dose": DoseGiven("esketamine", 56.0, "in", "nose", "RN")}),
    "detail": (detail, {"minutes": 125}),
    "sign": (sign, {}),
    "pin": (pin, {"minutes": 125}),
    "wrong-pin": (wrong, {"minutes": 125}),
    "waiting": (waiting, {"minutes": 125}),
    "typed": (typed, {"minutes": 125, "people": ()}),
    "unreadable": (sign, {"trouble": "people.json: the file: cannot be read", "people": ()}),
    "not-kept": (sign, {"kept": False}),
}


def scene(name: str, size: QSize, folder: Path) -> None:
    play, more = SCENES[name]
    given = {key: more[key] for key in ("minutes", "dose", "protocol", "late") if key in more}
    session = AfterSession(**{"dose": NASAL, **given})  # type: ignore[arg-type]
    window, music = compose(session)
    window.resize(size)
    window.show()
    signers = Signers(more.get("people", PEOPLE), more.get("trouble", ""), more.get("kept", True))
    page = AfterPage(session, window.theme, lambda: "RN", of_session(session.state), signers)
    window.open_over_trends(page)
    window.refresh()
    play(session, page)
    finish(session, window, music, folder / f"{name}-{size.width()}.png", size)


def finish(session, window, music, path: Path, size: QSize) -> None:  # type: ignore[no-untyped-def]
    for _ in range(8):
        session.advance(1 / 20)
        window.refresh()
        music.refresh(session.snapshot())
        if isinstance(window.over_trends, AfterPage):
            window.over_trends.refresh()
        QApplication.processEvents()
    save(window, path, size)
    window.close()
    window.deleteLater()
    QApplication.processEvents()


def unsigned(size: QSize, folder: Path) -> None:
    session = AfterSession()
    window, music = compose(session)
    window.resize(size)
    window.show()
    window.open_over_trends(QuestionPage(QUESTION, window.theme))
    finish(session, window, music, folder / f"unsigned-{size.width()}.png", size)


def last_pages(size: QSize, folder: Path) -> None:
    record = "/home/clinic/.local/share/kapmonitor/records/2026-11-22-1352-4471.kap"
    kept = (Kept("beside the record"), Kept("/home/clinic/.local/share/kapmonitor/sessions.heads"))
    lost = (Kept("beside the record"), Kept("/mnt/heads/sessions.heads", "No space left on device"))
    session = "7c0d5d4b36c94c4f8c7f8d0c1f3f7a11"
    made = {
        "closed": Closed(session, record, 4_812, HASH, OFF, True, kept, Kept("/media/stick/records")),
        "closed-typed": Closed(
            session, record, 4_812, HASH, SignOff("Ann Berg", "nurse", Meaning.AUTHOR), False, kept
        ),
        "closed-unsigned": Closed(
            session,
            record,
            4_811,
            HASH,
            OFF,
            False,
            lost,
            Kept("/media/stick", "is not there"),
            "people.json: the file: cannot be read",
        ),
    }
    for name, closed in {"closing": None, **made}.items():
        page = ClosedPage()
        page.resize(size)
        page.show_stage(Stage.SIGNING)
        if closed is not None:
            page.show_closed(closed)
        page.show()
        QApplication.processEvents()
        save(page, folder / f"{name}-{size.width()}.png", size)
        page.deleteLater()


def main() -> None:
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    for size in SIZES:
        for name in SCENES:
            if not wanted or name in wanted:
                scene(name, size, folder)
        if not wanted or "unsigned" in wanted:
            unsigned(size, folder)
        if not wanted or "closed" in wanted:
            last_pages(size, folder)
    del application


if __name__ == "__main__":
    main()
