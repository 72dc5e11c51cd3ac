"""The report on screen: pages, zoom, printing and saving, stopped in the middle, without a printer."""

import json
import threading

import exported_session
import pytest
import report_records
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from report_pictures import pictures

from kapmonitor import auditing, reporting
from kapmonitor.errors import ExportError
from kapmonitor.people.user import Meaning
from kapmonitor.record.verify import verify
from kapmonitor.reporting import Asker, ReportDesk
from kapmonitor.review import Review
from kapmonitor.signoff import Closed, SignOff
from ui.after.closed import ClosedPage
from ui.keytable import REVIEW, Action
from ui.main_window import MainWindow
from ui.preview import printing, wording
from ui.preview.page import KEYS, Mode, PreviewPage
from ui.previewing import wire_report
from ui.reviewing import Reviewed, dress_review
from ui.shell import Shell
from ui.shortcuts import find
from ui.theme import Theme

PATIENCE_MS = 20_000
K = Qt.Key


class Port:
    """Answers at once, or holds until it may go on; counts what was asked."""

    def __init__(self, folder, pdf):
        self.proposal = folder / "proposed.pdf"
        self.pdf, self.names = pdf, ("Office", "Ward")
        self.may, self.trouble, self.printed, self.saved = threading.Event(), None, [], []
        self.may.set()

    def _held(self, tell):
        tell(0.3)
        while not self.may.wait(0.01):
            tell(0.5)
        if self.trouble is not None:
            raise self.trouble

    def make(self, tell):
        self._held(tell)
        return self.pdf

    def save(self, made, out, tell):
        self._held(tell)
        self.saved.append((made, out))
        return out

    def printers(self):
        return self.names

    def print_on(self, printer, tell):
        self._held(tell)
        self.printed.append(printer)


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    return report_records.interrupted(tmp_path_factory.mktemp("preview") / "s.kap")


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    return exported_session.make(tmp_path_factory.mktemp("preview") / "c.kap")


@pytest.fixture(scope="module")
def pdf(record, qapp):
    return ReportDesk(record, Asker("KL", "test")).make(lambda _share: None)


@pytest.fixture
def port(tmp_path, pdf):
    return Port(tmp_path, pdf)


@pytest.fixture
def opened(qtbot):
    def open_page(port):
        page = PreviewPage(port, Theme())
        page.gone = []
        page.left.connect(lambda: page.gone.append(True))
        qtbot.addWidget(page)
        page.resize(900, 800)
        page.show()
        return page

    return open_page


@pytest.fixture
def page(opened, port, qtbot):
    page = opened(port)
    qtbot.waitUntil(lambda: page.mode is Mode.SHOWN, timeout=PATIENCE_MS)
    return page


def press(page, *keys):
    for key in keys:
        QTest.keyClick(page.field if page.field.isVisible() else page, key)


def test_a_key_of_the_review_opens_it():
    assert find(REVIEW, K.Key_P, shift=False, control=True, typing=False).action is Action.REPORT


def test_pages_are_turned_and_no_further_than_there_are(page):
    assert page.sheet.count == 2
    seen = []
    for key in (K.Key_PageUp, K.Key_PageDown, K.Key_PageDown, K.Key_Home, K.Key_End):
        press(page, key)
        seen.append(page.sheet.page)
    assert seen == [0, 1, 1, 0, 1]


def test_each_page_and_size_looks_another_way_and_moving_shows_another_part(page):
    seen = [page.grab().toImage()]
    for key in (K.Key_Z, K.Key_Z, K.Key_Down, K.Key_Right, K.Key_PageDown):
        press(page, key)
        seen.append(page.grab().toImage())
    assert all(a != b for n, a in enumerate(seen) for b in seen[:n])
    press(page, K.Key_Z)
    assert page.sheet.zoom == 0


def test_it_is_printed_on_the_printer_that_was_chosen(page, port, qtbot):
    press(page, K.Key_P)
    qtbot.waitUntil(lambda: page.mode is Mode.PRINTER, timeout=PATIENCE_MS)
    press(page, K.Key_Down, K.Key_Down, K.Key_Return)
    qtbot.waitUntil(lambda: page.mode is Mode.SHOWN, timeout=PATIENCE_MS)
    assert port.printed == ["Ward"]
    assert page.said == wording.PRINTED.format(printer="Ward")


def test_a_click_looks_closer_and_chooses_a_printer_but_prints_nothing(page, port, qtbot):
    QTest.mouseClick(page, Qt.MouseButton.LeftButton)
    assert page.sheet.zoom == 1
    press(page, K.Key_P)
    qtbot.waitUntil(lambda: page.mode is Mode.PRINTER, timeout=PATIENCE_MS)
    QTest.mouseClick(page, Qt.MouseButton.LeftButton, pos=page._row(1).center().toPoint())
    assert (page._at, page.mode, port.printed) == (1, Mode.PRINTER, [])


def test_without_a_printer_it_says_what_to_do(page, port, qtbot):
    port.names = ()
    press(page, K.Key_P)
    qtbot.waitUntil(lambda: bool(page.said), timeout=PATIENCE_MS)
    assert (page.mode, page.said) == (Mode.SHOWN, wording.NO_PRINTER)


def test_it_is_saved_where_somebody_says(page, port, qtbot, tmp_path, pdf):
    press(page, K.Key_S)
    assert page.field.text() == str(port.proposal)
    page.field.setText(str(tmp_path / "{x}.pdf"))
    press(page, K.Key_Return)
    qtbot.waitUntil(lambda: page.mode is Mode.SHOWN, timeout=PATIENCE_MS)
    assert port.saved == [(pdf, tmp_path / "{x}.pdf")]
    assert page.said == wording.SAVED.format(place=tmp_path / "{x}.pdf")


def test_what_cannot_be_done_is_said_and_the_report_is_still_there(page, port, qtbot):
    port.trouble = ExportError("x.pdf", "is there already; give another name with --out")
    press(page, K.Key_S, K.Key_Return)
    qtbot.waitUntil(lambda: page.mode is Mode.SHOWN, timeout=PATIENCE_MS)
    assert page.said == str(port.trouble)


def test_esc_stops_what_runs_and_then_closes(opened, port, qtbot):
    port.may.clear()
    page = opened(port)
    assert page.mode is Mode.WORKING
    press(page, K.Key_Escape)
    qtbot.waitUntil(lambda: page.mode is Mode.FAILED, timeout=PATIENCE_MS)
    assert (page.said, page.gone) == (wording.STOPPED, [])
    press(page, K.Key_Escape)
    assert page.gone == [True]


def test_printing_is_stopped_in_the_middle(page, port, qtbot):
    press(page, K.Key_P)
    qtbot.waitUntil(lambda: page.mode is Mode.PRINTER, timeout=PATIENCE_MS)
    port.may.clear()
    press(page, K.Key_Return, K.Key_Escape)
    qtbot.waitUntil(lambda: page.mode is Mode.SHOWN, timeout=PATIENCE_MS)
    assert (page.said, port.printed) == (wording.STOPPED, [])


def test_a_page_that_is_taken_away_lets_its_work_end(opened, port, qtbot):
    port.may.clear()
    page = opened(port)
    job = page._job
    page.hide()
    qtbot.waitUntil(lambda: job.is_over, timeout=PATIENCE_MS)
    assert job.trouble == wording.STOPPED


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_can_be_left_with_esc_and_says_its_keys(page, mode):
    page._printers = ("Office",)
    page._go(mode)
    assert K.Key_Escape in page._keys()
    assert "Esc" in KEYS[mode]
    assert not page.grab().isNull()


@pytest.fixture
def ledger(tmp_path, monkeypatch):
    place = tmp_path / "access"
    monkeypatch.setattr(auditing, "access_ledger", lambda: place)
    monkeypatch.setattr(reporting, "people_file", lambda: tmp_path / "people.json")
    monkeypatch.setattr(reporting, "heads_ledger", lambda: tmp_path / "heads")
    return lambda: (
        [json.loads(line) for line in place.read_text("utf-8").splitlines()] if place.exists() else []
    )


def paper(monkeypatch, out):
    """A printer that prints into a file."""

    def printer(_name, size):
        found = QPrinter(QPrinter.PrinterMode.HighResolution)
        found.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        found.setOutputFileName(str(out))
        printing.prepare(found, size)
        return found

    monkeypatch.setattr(printing, "printer", printer)


@pytest.mark.parametrize(("size", "high"), [("a4", 565), ("letter", 517)])
def test_what_is_printed_looks_as_what_is_shown_and_is_put_on_file(
    closed, ledger, monkeypatch, tmp_path, qapp, size, high
):
    (tmp_path / "k.toml").write_text(f'[report]\npaper = "{size}"\n')
    monkeypatch.setattr(reporting, "settings_file", lambda: tmp_path / "k.toml")
    desk = ReportDesk(closed, Asker("KL", "for the person"))
    paper(monkeypatch, tmp_path / "paper.pdf")
    desk.print_on("Ward", lambda _share: None)
    (tmp_path / "shown.pdf").write_bytes(desk.make(lambda _share: None))
    printed, shown = pictures(tmp_path / "paper.pdf", 400), pictures(tmp_path / "shown.pdf", 400)
    assert len(printed) == len(shown) > 1
    assert {abs(page.height() - high) <= 1 for page in (*printed, *shown)} == {True}
    for one, other in zip(printed, shown, strict=True):
        apart = sum(
            abs((one.pixel(x, y) & 255) - (other.pixel(x, y) & 255)) > 100
            for x in range(0, 400, 3)
            for y in range(0, one.height(), 3)
        )
        assert apart < 60
    (line,) = ledger()
    assert (line["what"], line["user"], line["purpose"]) == ("print", "KL", "for the person")


def test_a_report_that_is_saved_is_put_on_file_and_nothing_is_written_over(closed, ledger, tmp_path, qapp):
    desk = ReportDesk(closed, Asker("KL", ""))
    out = tmp_path / "r.pdf"
    desk.save(b"%PDF-made", out, lambda _share: None)
    assert out.read_bytes() == b"%PDF-made"
    assert ledger()[0]["what"] == "export report"
    with pytest.raises(ExportError, match="is there already"):
        desk.save(b"%PDF-other", out, lambda _share: None)
    with pytest.raises(ExportError, match="no such folder"):
        desk.save(b"%PDF-other", tmp_path / "nowhere" / "r.pdf", lambda _share: None)
    assert len(ledger()) == 1


class _Stopped(Exception):
    pass


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_of_a_report_that_is_stopped_while_it_is_saved_nothing_is_left(closed, ledger, tmp_path, share):
    def tell(far):
        if far >= share:
            raise _Stopped

    with pytest.raises(_Stopped):
        ReportDesk(closed, Asker("KL", "")).save(b"%PDF", tmp_path / "r.pdf", tell)
    assert not [*tmp_path.glob("*.pdf*"), *tmp_path.glob(".*")]
    assert ledger() == []


def test_after_closing_p_shows_it_and_esc_goes_back_to_the_last_page(port, qtbot):
    last, asked = ClosedPage(), []
    qtbot.addWidget(last)
    last.resize(1366, 768)
    wire_report(last, lambda closed: asked.append(closed) or port)
    last.show()
    QTest.keyClick(last, K.Key_P)
    assert asked == [], "not while it is being closed"
    closed_ = Closed("s1", "/r/a.kap", 9, "ab" * 32, SignOff("A", "nurse", Meaning.AUTHOR, "a"), True)
    last.show_closed(closed_)
    QTest.keyClick(last, K.Key_P)
    page = last.findChild(PreviewPage)
    qtbot.waitUntil(lambda: page.mode is Mode.SHOWN, timeout=PATIENCE_MS)
    assert asked == [closed_]
    assert page.geometry() == last.rect()
    left = []
    last.left.connect(lambda: left.append(True))
    QTest.keyClick(page, K.Key_Escape)
    assert not page.isVisible()
    QTest.keyClick(last, K.Key_Return)
    assert left == [True]


def test_a_click_asks_for_it_too(port, qtbot):
    last, asked = ClosedPage(), []
    qtbot.addWidget(last)
    last.resize(1366, 768)
    last.report_asked.connect(asked.append)
    last.show_closed(Closed("s1", "/r/a.kap", 9, "ab" * 32, SignOff("A", "nurse", Meaning.AUTHOR, "a"), True))
    QTest.mouseClick(last, Qt.MouseButton.LeftButton, pos=last._report_button().center().toPoint())
    assert asked == [], "where nothing makes one"
    last.offer_report()
    QTest.mouseClick(last, Qt.MouseButton.LeftButton, pos=last._report_button().center().toPoint())
    assert len(asked) == 1


def test_in_a_review_p_shows_it_and_esc_gives_the_keys_back(closed, qtbot, monkeypatch, tmp_path):
    shell = Shell()
    qtbot.addWidget(shell)
    shell.resize(1366, 768)
    review = Review(closed, verify(closed))
    end = dress_review(
        shell, Reviewed(review, review.whole, review.close, report=ReportDesk(closed, Asker("KL", "")))
    )
    shell.show()
    window = shell.findChild(MainWindow)
    QTest.keyClick(window, K.Key_P, Qt.KeyboardModifier.ControlModifier)
    page = window.over_body.widget
    assert isinstance(page, PreviewPage)
    qtbot.waitUntil(lambda: page.mode is Mode.SHOWN, timeout=PATIENCE_MS)
    QTest.keyClick(page, K.Key_Escape)
    assert window.over_body.widget is None
    window.close()
    end()
