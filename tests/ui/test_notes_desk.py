"""Whatever is done at the keys in whatever order, the list is at once what somebody would keep on paper."""

from dataclasses import dataclass, field, replace

import fake_session as fs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication

from ui.notes.book import NUDGE_NS, UNDO_NS
from ui.notes.desk import NoteDesk
from ui.notes.modes import Cue
from ui.notes.tagset import DEFAULT
from ui.notes.writing import Writing

KEYS = st.integers(1, 3)
OPS = st.one_of(
    st.tuples(st.just("tag"), KEYS),
    st.tuples(st.just("span"), KEYS),
    st.tuples(st.sampled_from(["mark", "nudge", "undo", "write", "revise", "withdraw"]), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([1, 4, 11, 45])),
)


@dataclass(frozen=True)
class Line:
    """A note on paper."""

    t_ns: int
    text: str
    lasts: bool = False
    end_ns: int | None = None
    withdrawn: bool = False


@dataclass
class Paper:
    """What somebody would have kept: lines in the order they were written, and how each stood before."""

    lines: list[Line] = field(default_factory=list)
    done: list[tuple[int, int, Line]] = field(default_factory=list)

    def change(self, now_ns, index, **new):
        before = self.lines[index]
        self.lines[index] = replace(before, **new)
        self.done.append((now_ns, index, before))

    def add(self, now_ns, line):
        self.lines.append(line)
        self.done.append((now_ns, len(self.lines) - 1, replace(line, withdrawn=True)))

    def newest(self):
        standing = [index for index, line in enumerate(self.lines) if not line.withdrawn]
        return standing[-1] if standing else None

    def undo(self, now_ns):
        if self.done and now_ns - self.done[-1][0] <= UNDO_NS:
            _, index, before = self.done.pop()
            self.lines[index] = before


def on_paper(paper, what, more, now_ns):
    tag = DEFAULT[more - 1].short if more else ""
    newest = paper.newest()
    match what:
        case "tag" | "mark" | "write":
            paper.add(now_ns, Line(now_ns, "words" if what == "write" else tag))
        case "span":
            goes_on = [i for i, n in enumerate(paper.lines) if n.text == tag and n.lasts and n.end_ns is None]
            goes_on = [i for i in goes_on if not paper.lines[i].withdrawn]
            if goes_on:
                paper.change(now_ns, goes_on[0], end_ns=now_ns)
            else:
                paper.add(now_ns, Line(now_ns, tag, lasts=True))
        case "nudge" if newest is not None:
            t_ns = max(paper.lines[newest].t_ns - NUDGE_NS, fs.OPENED_NS)
            if t_ns != paper.lines[newest].t_ns:
                paper.change(now_ns, newest, t_ns=t_ns)
        case "revise" if newest is not None and not paper.lines[newest].lasts:
            if paper.lines[newest].text != "other words":
                paper.change(now_ns, newest, text="other words")
        case "withdraw" if newest is not None:
            paper.change(now_ns, newest, withdrawn=True)
        case "undo":
            paper.undo(now_ns)


def at_the_desk(desk, writing, what, more, now_ns):
    match what:
        case "tag":
            desk.tag(more, now_ns)
        case "span":
            desk.tag_span(more, now_ns)
        case "mark":
            desk.mark(now_ns)
        case "nudge":
            desk.nudge(now_ns)
        case "undo":
            desk.undo(now_ns)
        case "write":
            writing.cue(Cue.WRITE)
            writing.typed("words")
            writing.cue(Cue.ENTER)
        case "revise" if (row := desk.newest()) is not None and not row.lasts:
            writing.cue(Cue.PICK, row)
            writing.typed("other words")
            writing.cue(Cue.ENTER)
        case "withdraw" if (row := desk.newest()) is not None:
            writing.cue(Cue.LOOK)
            writing.cue(Cue.DELETE, row)
            writing.cue(Cue.ENTER)


def as_lines(notes):
    return [Line(n.t_ns, n.text, n.lasts, n.end_ns, n.withdrawn) for n in notes]


@pytest.mark.usefixtures("qapp")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OPS, max_size=18), st.booleans())
def test_the_list_is_at_once_what_somebody_would_have_kept_on_paper(ops, patient):
    session = fs.FakeSession("waiting")
    session.advance(20)
    desk = NoteDesk(session, DEFAULT, "KL")
    writing, paper = Writing(desk), Paper()
    for what, more in ops:
        if what == "wait":
            session.advance(more)
            continue
        now_ns = session.now_ns()
        on_paper(paper, what, more, now_ns)
        at_the_desk(desk, writing, what, more, now_ns)
        assert as_lines(desk._notes()) == paper.lines
        if patient:
            settle(desk)
    settle(desk)
    assert as_lines(session.state.notes) == paper.lines
    assert as_lines(desk._notes()) == paper.lines
    assert session.state.drafts == ()
    desk.deleteLater()


def settle(desk):
    """Until all that was asked is on disk."""
    for _ in range(200):
        QCoreApplication.processEvents()
        desk.look()
        if not desk.book.sent:
            return
    raise AssertionError(desk.book.sent)
