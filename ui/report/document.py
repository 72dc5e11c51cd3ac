"""The report as a PDF file, written by Qt; every page has its number, the record's digest and its code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from kapmonitor import __version__
from kapmonitor.export.source import Source, Tell, untold
from kapmonitor.model import GenerationMode
from kapmonitor.record.verify import DAMAGED, INTERRUPTED, Verdict, session_of
from kapmonitor.session.who import who
from ui import fonts
from ui.painting import RIGHT
from ui.report import code, lines, paper, rows, text, told, trends, wording
from ui.report.facts import Facts, facts_of
from ui.report.pages import Pages, Spot, fits, later
from ui.report.printer import Sheets, on_paper, pdf, pdf_within, without_dates
from ui.report.summary import figures_of
from ui.report.tables import Table

_NOT_REAL: Final = {
    GenerationMode.DEMO.value: wording.DEMO,
    GenerationMode.IMPORTED.value: wording.IMPORTED,
}
_SHA: Final = re.compile(r"[0-9a-f]{64}")


def write(source: Source, verdict: Verdict, path: Path, paper_size: str, tell: Tell = untold) -> None:
    """One report; an application must exist (`printer.application`). ExportError if it cannot be written."""
    put_on(source, verdict, pdf(path, wording.TITLE, paper_size), tell)
    if source.policy.deidentified:
        without_dates(path)


def made(source: Source, verdict: Verdict, paper_size: str, tell: Tell) -> bytes:
    """The same in memory, so that nothing of it lies about."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    put_on(source, verdict, pdf_within(buffer, wording.TITLE, paper_size), tell)
    return bytes(buffer.data().data())


def put_on(source: Source, verdict: Verdict, sheets: Sheets, tell: Tell) -> None:
    """The same on any paper."""
    facts = facts_of(source, verdict)
    tell(0.3)
    pages = laid_out(facts)
    on_paper(sheets, pages.count, lambda painter, n: _page(painter, facts, pages, n), tell)


def laid_out(facts: Facts) -> Pages:
    """Readings beside alarms, doses and form; then what needs the whole width."""
    pages = Pages()
    left = pages.pour(
        lines.lines_of(rows.pressures(facts), paper.LEFT_COLUMN), paper.LEFT, paper.LEFT_COLUMN, Spot()
    )
    x = paper.RIGHT - paper.RIGHT_COLUMN
    beside = (rows.doses(facts), rows.alarms(facts), told.form(facts), told.scales(facts))
    right = Spot()
    for table in beside:
        if table.rows:
            right = pages.pour(lines.lines_of(table, paper.RIGHT_COLUMN), x, paper.RIGHT_COLUMN, right)
    narrow = lines.lines_of(told.notes(facts), paper.LEFT_COLUMN)
    wide: list[Table] = [told.music(facts), told.signatures(facts), told.missing(facts), told.devices(facts)]
    if fits(narrow, left):
        left = pages.pour(narrow, paper.LEFT, paper.LEFT_COLUMN, left)
    else:
        wide.insert(0, told.notes(facts))
    spot = later(left, right)
    for table in wide:
        spot = pages.pour(lines.lines_of(table, paper.ROOM), paper.LEFT, paper.ROOM, spot)
    return pages


def _page(painter: QPainter, facts: Facts, pages: Pages, number: int) -> None:
    if number == 0:
        _head(painter, facts)
        _figures(painter, facts)
        trends.paint(painter, facts)
    else:
        _small_head(painter, facts)
    words = wording.PAGE.format(number=number + 1, count=pages.count)
    y = 142.0 if number == 0 else 88.0
    text.line(painter, paper.RIGHT, y, words, paper.SECONDARY, paper.SMALL, align=RIGHT)
    pages.paint(painter, number)
    _foot(painter, facts)


def _head(painter: QPainter, facts: Facts) -> None:
    text.line(painter, paper.LEFT, 106, wording.TITLE, paper.INK, paper.TITLE, fonts.BOLD)
    software = facts.source.started.software or f"kapmonitor {__version__}"
    text.line(painter, paper.RIGHT, 106, software, paper.SECONDARY, paper.SMALL, align=RIGHT)
    text.line(
        painter, paper.LEFT, 142, subject(facts), paper.SECONDARY, 17, room=paper.ROOM - 130, smallest=13
    )
    painter.setPen(QPen(paper.INK, 2.2))
    painter.drawLine(QLineF(paper.LEFT, 162, paper.RIGHT, 162))
    for place, words in enumerate((*warnings(facts), *left_out(facts))):
        y = 62.0 - 18 * place
        text.line(painter, paper.LEFT, y, words, paper.ALERT, paper.SMALL, fonts.BOLD, room=paper.ROOM)


def _small_head(painter: QPainter, facts: Facts) -> None:
    words = f"{wording.TITLE} · {subject(facts)}"
    text.line(
        painter, paper.LEFT, 88, words, paper.SECONDARY, paper.SMALL, room=paper.ROOM - 120, smallest=11
    )
    painter.setPen(QPen(paper.INK, 1.4))
    painter.drawLine(QLineF(paper.LEFT, 106, paper.RIGHT, 106))
    for words in (*warnings(facts), *left_out(facts))[:1]:
        text.line(painter, paper.LEFT, 62, words, paper.ALERT, paper.SMALL, fonts.BOLD, room=paper.ROOM)


def subject(facts: Facts) -> str:
    """`Record 4471 · M.K. · session 3 of 6 · 22 November 2026, 13:51–15:58 (UTC−5)`."""
    person, started = who(facts.state), facts.source.started
    words = [wording.RECORD.format(number=person.record_number)] if person.record_number else []
    words += [person.initials] if person.initials else []
    words.append(person.course or wording.SESSION_OF.format(number=started.number, of=started.of))
    at = facts.local(facts.source.start_ns)
    if at is not None:
        day = f"{at.day} {at.strftime('%B %Y')}"
        words.append(
            f"{day}, {facts.clock(facts.source.start_ns)}–{facts.clock(facts.source.end_ns)} {_zone(facts)}"
        )
    return " · ".join(words)


def _zone(facts: Facts) -> str:
    hours, minutes = divmod(abs(facts.source.started.utc_offset_min), 60)
    sign = "−" if facts.source.started.utc_offset_min < 0 else "+"
    return f"(UTC{sign}{hours}{f':{minutes:02d}' if minutes else ''})"


def warnings(facts: Facts) -> list[str]:
    """What must be known before anything else is read."""
    found = []
    if facts.verdict.kind == DAMAGED:
        found.append(wording.DAMAGED.format(what=facts.verdict.first_bad or ""))
    if facts.verdict.kind == INTERRUPTED:
        found.append(wording.INTERRUPTED)
    mode = facts.source.started.mode
    if mode != GenerationMode.REAL.value:
        found.append(_NOT_REAL.get(mode, wording.TEST))
    return found


def left_out(facts: Facts) -> list[str]:
    """Of a de-identified report, what is not in it."""
    policy = facts.source.policy
    if not policy.deidentified:
        return []
    what = [wording.NUMBERS, *(said for word, said in wording.LEFT_OUT.items() if word not in policy.keep)]
    return [wording.DEIDENTIFIED.format(what=", ".join(what))]


def _figures(painter: QPainter, facts: Facts) -> None:
    figures = figures_of(facts)
    width = paper.ROOM / len(figures)
    for place, figure in enumerate(figures):
        x, room = paper.LEFT + place * width, width - 14
        text.line(painter, x, 204, figure.label, paper.SECONDARY, paper.SMALL, room=room)
        text.line(painter, x, 241, figure.value, paper.INK, paper.BIG, fonts.BOLD, room=room, smallest=16)
        text.line(painter, x, 268, figure.more, paper.SECONDARY, paper.TINY, room=room, smallest=11)


def _foot(painter: QPainter, facts: Facts) -> None:
    painter.setPen(QPen(paper.EDGE, 1.2))
    painter.drawLine(QLineF(paper.LEFT, 1572, paper.RIGHT, 1572))
    y = 1604.0
    for words in digest_words(facts):
        text.line(painter, paper.LEFT, y, words, paper.SECONDARY, paper.TINY, room=paper.ROOM - 140)
        y += 22
    text.line(
        painter, paper.LEFT, 1684, wording.AID, paper.INK, paper.TINY, fonts.SEMIBOLD, room=paper.ROOM - 140
    )
    if facts.bands:
        text.line(
            painter, paper.LEFT, 1662, wording.BANDS, paper.SECONDARY, paper.TINY, room=paper.ROOM - 140
        )
    head = head_of(facts)
    if head:
        words = wording.QR.format(session=session_of(facts.source.reader), head=head)
        code.paint(painter, words, QRectF(paper.RIGHT - 118, 1582, 118, 118), paper.INK)


def head_of(facts: Facts) -> str:
    """The digest of the record; of a de-identified report none, as it would say which record it is."""
    found = _SHA.search(facts.verdict.head)
    return "" if found is None or facts.source.policy.deidentified else found.group()


def digest_words(facts: Facts) -> list[str]:
    """State of the record and its digest, in groups that can be read out."""
    head = head_of(facts)
    if not head:
        return []
    groups = " ".join(head[place : place + 8] for place in range(0, len(head), 8))
    entries = facts.verdict.head.split(",")[0].removeprefix("entry ")
    return [wording.DIGEST.format(kind=facts.verdict.kind, entries=entries, digest=""), groups]
