"""Pictures of the preview in a review at both sizes: python tests/helpers/show_preview.py FOLDER."""

import sys
from pathlib import Path

import report_records
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kapmonitor.record.verify import verify
from kapmonitor.reporting import Asker, ReportDesk
from kapmonitor.review import Review
from ui.main_window import MainWindow
from ui.preview.page import Mode
from ui.reviewing import Reviewed, dress_review
from ui.screenshot import render
from ui.shell import Shell

K = Qt.Key


class Desk(ReportDesk):
    """With printers, of which most computers of developers have none."""

    def printers(self):
        return ("Office HP LaserJet", "Ward 3", "Reception, colour, second floor")


def until(page, mode):
    while page.mode is not mode:
        QTest.qWait(20)


def show(folder, record, width, height):
    shell = Shell()
    shell.resize(width, height)
    review = Review(record, verify(record))
    end = dress_review(
        shell, Reviewed(review, review.whole, review.close, report=Desk(record, Asker("KL", "")))
    )
    shell.show()
    window = shell.findChild(MainWindow)
    QTest.qWait(300)
    QTest.keyClick(window, K.Key_P)
    page = window.over_body.widget

    def picture(name):
        QTest.qWait(60)
        render(shell).save(str(folder / f"preview-{name}-{width}.png"))

    picture("working")
    until(page, Mode.SHOWN)
    picture("page")
    for key in (K.Key_Z, K.Key_Z, K.Key_Down):
        QTest.keyClick(page, key)
    picture("zoom")
    QTest.keyClick(page, K.Key_P)
    until(page, Mode.PRINTER)
    picture("printers")
    QTest.keyClick(page, K.Key_Escape)
    QTest.keyClick(page, K.Key_S)
    picture("save")
    end()
    shell.close()


if __name__ == "__main__":
    application = QApplication(["show"])
    folder = Path(sys.argv[1])
    record = folder / "hours.kap"
    record.unlink(missing_ok=True)
    report_records.eight_hours(record)
    for width, height in ((1920, 1080), (1366, 768)):
        show(folder, record, width, height)
