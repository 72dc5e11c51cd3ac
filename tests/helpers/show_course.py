"""The page of a course with 1, 3 and 8 sessions, and what is not among them: show_course.py FOLDER"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np  # noqa: E402
from course_records import DAY_NS, HR, SPO2, UTC0, Made, S, made  # noqa: E402
from PySide6.QtCore import QSize, Qt  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from devices.sim.patient import Dose, Patient  # noqa: E402
from kapmonitor.course.gather import beside, gather, look_at, person_of  # noqa: E402
from kapmonitor.model import Validity  # noqa: E402
from kapmonitor.record.items import NumericRow  # noqa: E402
from kapmonitor.session.care_events import FormFilled, PersonLeft  # noqa: E402
from kapmonitor.session.events import DoseGiven, NoteAdded, Route  # noqa: E402
from ui.course.page import CoursePage  # noqa: E402
from ui.screenshot import save  # noqa: E402
from ui.theme import SESSION, Theme, scale_for  # noqa: E402

SIZES = (QSize(1896, 840), QSize(1350, 596), QSize(1920, 1080), QSize(1366, 768))
"""In a review at both window sizes, and alone."""
CUFF_MIN = (-15, -10, -5, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 105)
TAGS = ("tearful", "nausea", "still", "moves", "speaks")


def simulated(number: int) -> Made:
    """A session of the simulated person, a little different each week."""
    zero_s = 20 * 60
    patient = Patient(number, None, (Dose(zero_s, Route.IM),), ())
    cuffs = []
    for minutes in CUFF_MIN:
        systolic, diastolic = patient.cuff_reading(zero_s + minutes * 60 + number * 20)
        cuffs.append((minutes + number / 3, systolic, diastolic))
    amount = 50.0 + 10 * (number % 4)
    dose = DoseGiven("ketamine", amount, "im", "left deltoid", "RN", weight_kg=72.0 + number % 3)
    notes = tuple(
        (8 + 7 * i, NoteAdded(f"n{i}", "tag", tag, "RN", 0, tag=tag))
        for i, tag in enumerate((TAGS * 2)[number : number + 2 + number % 3])
    )
    left = (112 + number, PersonLeft(left=True, without=(), by="RN"))
    form = FormFilled("ready", f"{94 + number} min", (0, Made().at(94 + number)), "RN")
    return Made(
        number=number,
        protocol=True,
        utc_ns=UTC0 + number * 7 * DAY_NS,
        doses=((0, dose),),
        cuffs=tuple(cuffs),
        rates=(),
        events=(*notes, left, (113 + number, form)),
        end_min=115.0 + number,
    )


def continuous(session: Made) -> list[NumericRow]:
    """Heart rate and saturation by the second, with a gap of six minutes in every third session."""
    patient = Patient(session.number, None, (Dose(20 * 60, Route.IM),), ())
    rng = np.random.default_rng(session.number)
    rows = []
    for second in range(20, round((session.end_min + 20) * 60)):
        minute = second / 60 - 20
        if session.number % 3 == 0 and 32 < minute < 38:
            continue
        t_ns = session.start_ns + second * S
        rate = round(float(patient.pulse(second)) + rng.normal(0, 1.5))
        rows.append(NumericRow(t_ns, HR, float(rate), Validity.VALID))
        rows.append(NumericRow(t_ns, SPO2, float(round(float(patient.spo2(second)))), Validity.VALID))
    return rows


def records(folder: Path, count: int) -> Path:
    """A folder of a course, with what else may lie there; returns the first record."""
    folder.mkdir(parents=True)
    for number in range(1, count + 1):
        session = simulated(number)
        made(folder / f"2026-1{number % 3}-0{number}.kap", replace(session, more=tuple(continuous(session))))
    if count > 1:
        made(
            folder / "interrupted.kap",
            simulated(count),
            number=90,
            closed=False,
            cuffs=((5, 140, 88),),
            events=(),
            end_min=21,
        )
        made(folder / "demonstration.kap", number=91, mode="Demo")
        made(folder / "other.kap", number=92, person="4600")
        cut = made(folder / "2026-10-30-0912.kap", number=93)
        cut.write_bytes(cut.read_bytes()[:-9000])
    return folder / "2026-11-01.kap"


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        for count in (1, 3, 8):
            first = records(Path(folder) / str(count), count)
            found = look_at(beside(first), lambda _share: None)
            course = gather(found, person_of(first, found), None, lambda _share: None)
            for size in SIZES:
                theme = Theme(SESSION, scale_for(*((1920, 1080) if size.width() > 1400 else (1366, 768))))
                page = CoursePage(lambda _tell, course=course: course, theme, lambda _path: None)
                page.resize(size)
                page.show()
                while page.course is None:
                    QTest.qWait(20)
                save(page, out / f"course-{count}-{size.width()}.png", size)
                QTest.keyClick(page, Qt.Key.Key_Down)
                save(page, out / f"next-{count}-{size.width()}.png", size)
                page.deleteLater()
    del application


if __name__ == "__main__":
    main()
