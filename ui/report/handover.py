"""The hand-over for integration: how the session went, without names, dates and, unless chosen, vitals.

As a PDF, or as plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter, QPen

from kapmonitor.export.policy import NOTES
from kapmonitor.export.source import Source, Tell, untold
from kapmonitor.record.verify import Verdict
from ui import fonts, strings
from ui import format as fmt
from ui.painting import RIGHT
from ui.report import handover_words as words
from ui.report import lines, paper, rows, text, told, wording
from ui.report.document import warnings
from ui.report.facts import Facts, facts_of
from ui.report.pages import Pages, Spot
from ui.report.printer import on_paper, pdf, without_dates
from ui.report.summary import amount_words, figures_of
from ui.report.tables import Row, Table, Tone, listed

TOP: Final = 200.0
HALVES: Final = (0.3, 0.7)
VITAL_FIGURES: Final = slice(1, 4)
"""Highest pressure, time above the limit, lowest saturation."""
COLUMN: Final = 26


def write_pdf(
    source: Source, verdict: Verdict, path: Path, paper_size: str, tell: Tell = untold, *, vitals: bool
) -> None:
    """As pages of this size (see printer.page_size); an application must exist."""
    facts = facts_of(source, verdict)
    pages, spot = Pages(), Spot(0, TOP)
    for table in tables_of(facts, vitals=vitals):
        spot = pages.pour(lines.lines_of(table, paper.ROOM), paper.LEFT, paper.ROOM, spot)
    limits = said(facts, vitals=vitals)
    sheets = pdf(path, words.TITLE, paper_size)
    on_paper(sheets, pages.count, lambda p, n: _page(p, facts, pages, n, limits), tell)
    without_dates(path)


def write_text(source: Source, verdict: Verdict, path: Path, *, vitals: bool) -> None:
    """The same as plain text."""
    facts = facts_of(source, verdict)
    found = [
        words.TITLE,
        course_words(facts),
        *warnings(facts),
        said(facts, vitals=vitals),
        wording.AID_SHORT,
    ]
    for table in tables_of(facts, vitals=vitals):
        found += ["", table.title, *(line for row in table.rows for line in _plain(row))]
    path.write_text("\n".join(found) + "\n", "utf-8")


def _plain(row: Row) -> Iterator[str]:
    yield "  " + "  ".join(cell.ljust(COLUMN) for cell in row.cells).rstrip()
    for part in row.below:
        yield f"      {part}"


def tables_of(facts: Facts, *, vitals: bool) -> Sequence[Table]:
    """What the hand-over consists of; nothing in it has a date or a time of day."""
    found = [
        _course(facts),
        told.notes(facts, dated=False),
        _scales(facts),
        told.form(facts),
        told.music(facts),
    ]
    return [*found, _figures(facts), _pressures(facts)] if vitals else found


def course_words(facts: Facts) -> str:
    """`session 3 of 6`."""
    started = facts.source.started
    return wording.SESSION_OF.format(number=started.number, of=started.of)


def said(facts: Facts, *, vitals: bool) -> str:
    """What was left out, what was kept, and what that does not promise."""
    keep = facts.source.policy.keep
    others = [word for word in wording.LEFT_OUT if word != NOTES]
    out = [wording.LEFT_OUT[word] for word in others if word not in keep]
    kept = [wording.LEFT_OUT[word] for word in others if word in keep]
    return " ".join(
        (
            words.LEFT_OUT.format(what=_listed((*out, *words.ALWAYS_OUT))),
            *([words.KEPT.format(what=_listed(kept))] if kept else []),
            words.WITH_VITALS if vitals else words.NO_VITALS,
            words.WITH_WORDS if NOTES in keep else words.NO_WORDS,
        )
    )


def _listed(what: Sequence[str]) -> str:
    """`names, initials and dates`."""
    return " and ".join(filter(None, (", ".join(what[:-1]), what[-1])))


def _course(facts: Facts) -> Table:
    """How long, which doses, which phases."""
    state, source = facts.state, facts.source
    found = [(dose.t_ns, f"{dose.drug} {amount_words(dose)}") for dose in state.doses]
    found += [(t_ns, words.PHASE.format(phase=strings.PHASES[phase])) for t_ns, phase in state.phases]
    found += [
        (gap.t0_ns, words.GAP.format(length=fmt.length(gap.t1_ns - gap.t0_ns))) for gap in state.interruptions
    ]
    cells = [(facts.since(t_ns), what) for t_ns, what in sorted(found)]
    cells.append((words.LENGTH, fmt.length(source.end_ns - source.start_ns)))
    tones = (Tone.QUIET, Tone.PLAIN)
    return Table(words.COURSE, HALVES, tuple(Row(pair, tones=tones) for pair in cells))


def _scales(facts: Facts) -> Table:
    scores = sorted(facts.state.care.scores, key=lambda score: score.t_ns)
    found = tuple(Row((facts.since(each.t_ns), f"{each.scale} {each.score}")) for each in scores)
    return listed(wording.SCALES, HALVES, found, wording.NONE)


def _figures(facts: Facts) -> Table:
    found = tuple(
        Row((each.label, f"{each.value}  {each.more}".strip())) for each in figures_of(facts)[VITAL_FIGURES]
    )
    return Table(words.VITALS, HALVES, found)


def _pressures(facts: Facts) -> Table:
    """Readings by minutes from the dose, without the device."""
    full = rows.pressures(facts)
    if not full.head:
        return full
    found = tuple(Row(row.cells[1:4], row.tone) for row in full.rows)
    return Table(full.title, (0.2, 0.5, 0.3), found, full.head[1:4])


def _page(painter: QPainter, facts: Facts, pages: Pages, number: int, limits: str) -> None:
    if number == 0:
        text.line(painter, paper.LEFT, 106, words.TITLE, paper.INK, paper.TITLE, fonts.BOLD)
        text.line(painter, paper.LEFT, 142, course_words(facts), paper.SECONDARY, 17)
    shown = wording.PAGE.format(number=number + 1, count=pages.count)
    y = 142.0 if number == 0 else 88.0
    text.line(painter, paper.RIGHT, y, shown, paper.SECONDARY, paper.SMALL, align=RIGHT)
    painter.setPen(QPen(paper.INK, 2.0))
    painter.drawLine(QLineF(paper.LEFT, y + 20, paper.RIGHT, y + 20))
    for warning in warnings(facts)[:1]:
        text.line(painter, paper.LEFT, 62, warning, paper.ALERT, paper.SMALL, fonts.BOLD, room=paper.ROOM)
    pages.paint(painter, number)
    painter.setPen(QPen(paper.EDGE, 1.2))
    painter.drawLine(QLineF(paper.LEFT, 1572, paper.RIGHT, 1572))
    for place, part in enumerate(text.wrapped(limits, paper.TINY, paper.ROOM, fonts.MEDIUM)):
        text.line(painter, paper.LEFT, 1604 + 22 * place, part, paper.SECONDARY, paper.TINY)
    text.line(painter, paper.LEFT, 1684, wording.AID_SHORT, paper.INK, paper.TINY, fonts.SEMIBOLD)
