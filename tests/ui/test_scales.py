"""Scales at the keys: what each digit means, the page, what is due on the dashboard, marks in the trends."""

import itertools
import time

import pytest
from fake_session import DOSE_NS, MIN, OPENED_NS, S
from hypothesis import given
from hypothesis import strategies as st
from people_parts import CareSession, Desk, K

from kapmonitor.protocol import shipped
from kapmonitor.protocol.scales import Scale
from kapmonitor.scaledue import dues
from kapmonitor.session.care_events import ProtocolSet, ScaleScored
from kapmonitor.session.events import Stamped
from kapmonitor.session.state import fold
from ui.scales import entering, face
from ui.scales.entering import Entering
from ui.trends.marks import moments
from ui.trends.window import Span

pytestmark = pytest.mark.qt_log_ignore("pipewire-0.3", "propagateSizeHints")

DISTRESS, MOAAS = Scale("distress", "Distress", 0, 10), Scale("moaas", "MOAA/S", 0, 5)
CADSS = Scale("cadss-6", "CADSS-6", 0, 24, ("1", "2", "6", "7", "15", "22"), 4)
DEPTH = Scale("rass", "RASS", -5, 4)
SCALES = (DISTRESS, MOAAS, CADSS, DEPTH, Scale("long", "Long", 0, 120))


def typed(scale, keys):
    """What is scored by these keys: digits, E for Enter, B for Backspace; each key a second later."""
    now, found = Entering(scale), []
    for t_ns, key in enumerate(keys, 1):
        if key == "E":
            now, scored = entering.enter(now, 7)
        elif key == "B":
            now, scored = entering.back(now), None
        else:
            now, scored = entering.digit(now, key, t_ns, 7)
        if scored is not None:
            found.append((scored.score, scored.t_ns, scored.items))
    return found


@pytest.mark.parametrize(
    ("scale", "keys", "scored"),
    [
        (MOAAS, "5", [(5, 1, ())]),
        (MOAAS, "6", []),
        (DISTRESS, "7", [(7, 1, ())]),
        (DISTRESS, "0", [(0, 1, ())]),
        (DISTRESS, "1", []),
        (DISTRESS, "1E", [(1, 1, ())]),
        (DISTRESS, "10", [(10, 1, ())]),
        (DISTRESS, "15", []),
        (DISTRESS, "1B4", [(4, 3, ())]),
        (DISTRESS, "7B3", [(7, 1, ()), (3, 3, ())]),
        (DISTRESS, "E", []),
        (DEPTH, "-4", [(-4, 1, ())]),
        (DEPTH, "-", []),
        (DEPTH, "--3", [(-3, 1, ())]),
        (CADSS, "102030", [(6, 1, (1, 0, 2, 0, 3, 0))]),
        (CADSS, "10203", []),
        (CADSS, "1052030", [(6, 1, (1, 0, 2, 0, 3, 0))]),
        (CADSS, "10B12030", [(7, 1, (1, 1, 2, 0, 3, 0))]),
        (CADSS, "1B102030", [(6, 3, (1, 0, 2, 0, 3, 0))]),
        (CADSS, "102030B4", [(6, 1, (1, 0, 2, 0, 3, 0)), (10, 8, (1, 0, 2, 0, 3, 4))]),
    ],
)
def test_what_keys_score(scale, keys, scored):
    assert typed(scale, keys) == scored


def test_each_score_of_each_scale_takes_its_own_digits_and_enter_at_most():
    for scale in (DISTRESS, MOAAS, DEPTH, SCALES[-1]):
        for score in range(scale.low, scale.high + 1):
            assert [each[0] for each in typed(scale, f"{score}E")] == [score]
    for items in itertools.product(range(0, 5, 2), repeat=6):
        assert typed(CADSS, "".join(map(str, items))) == [(sum(items), 1, items)]


@given(st.sampled_from(SCALES), st.text(alphabet="0123456789-EB", max_size=30))
def test_whatever_is_typed_a_score_is_one_of_the_scale(scale, keys):
    for score, t_ns, items in typed(scale, keys):
        assert scale.holds(score)
        assert 1 <= t_ns <= len(keys)
        assert len(items) == len(scale.items)
        assert not items or sum(items) == score


def session(*scored, **more):
    """The made-up one at T+42:17 under the example protocol."""
    made = CareSession("quiet", **more)
    told = ProtocolSet("example", "", "", True, shipped.example_path().read_text("utf-8"))
    for t_ns, event in ((OPENED_NS, told), *scored):
        made.state = fold(made.state, Stamped(t_ns, event))
    return made


def test_the_dashboard_says_calmly_what_is_due_and_q_scores_it(qtbot):
    desk = Desk(qtbot, session())
    notes = desk.window._places["notes"]
    assert notes.head == "MOAA/S, CADSS-6, Distress due · Q"
    at_ns = desk.session.now_ns()
    desk.press(K.Key_Q)
    page = desk.window.over_trends
    assert page.entering.scale.id == "moaas"
    desk.session.advance(3)
    began = time.monotonic()
    desk.press(K.Key_5)
    assert time.monotonic() - began < 3
    assert desk.keys == 2
    assert desk.session.charted(ScaleScored) == [ScaleScored("moaas", 5, DOSE_NS + 40 * MIN, "KL")]
    assert desk.commands(type(desk.session.commands[-1]))[-1].t_ns == at_ns + 3 * S
    assert page.entering.scale.id == "cadss-6", "the next one that is due"
    desk.type("10203")
    assert page.foot().more == "answer 6 of 6, so far 6"
    assert page.foot().ask == "CADSS-6, question 22"
    desk.press(K.Key_0)
    last = desk.session.charted(ScaleScored)[-1]
    assert (last.score, last.items) == (6, (1, 0, 2, 0, 3, 0))
    desk.type("10")
    assert desk.session.charted(ScaleScored)[-1].score == 10
    qtbot.waitUntil(lambda: "due" not in notes.head, timeout=3000)
    desk.press(K.Key_Q)
    assert desk.window.over_trends is None
    desk.close()


def test_backspace_puts_a_score_right_by_a_later_one_and_takes_back_no_note(qtbot):
    desk = Desk(qtbot, session())
    desk.press(K.Key_4)
    notes = len(desk.session.state.notes)
    desk.press(K.Key_Q, K.Key_4)
    page = desk.window.over_trends
    assert page.foot().said.startswith("MOAA/S 4 at T+42:17")
    first = desk.session.state.care.scores[-1]
    desk.session.advance(5)
    desk.press(K.Key_Backspace)
    assert page.foot().more == "0 to 5     again, in place of 4"
    desk.press(K.Key_5)
    care = desk.session.state.care
    assert [score.score for score in care.scores] == [4, 5]
    assert care.scores[-1].replaces_t_ns == first.t_ns
    assert care.scores[-1].due_t_ns == first.due_t_ns == DOSE_NS + 40 * MIN
    assert len([note for note in desk.session.state.notes if not note.withdrawn]) == notes
    said = [moment.text for moment in moments(desk.session.state, Span(0, 24 * 60 * MIN), 0)]
    assert "MOAA/S 5" in said
    assert "MOAA/S 4" not in said
    desk.press(K.Key_Escape)
    assert desk.window.over_trends is None
    desk.close()


def test_what_was_missed_is_in_the_list(qtbot):
    scored = (DOSE_NS - 5 * MIN, ScaleScored("distress", 2, OPENED_NS, "KL"))
    made = session(scored, now_ns=DOSE_NS + 75 * MIN)
    desk = Desk(qtbot, made)
    desk.press(K.Key_Q)
    rows = {row.scale.id: row for row in desk.window.over_trends.rows()}
    assert rows["distress"].history == "T−05:00 2     T+40:00 missed"
    assert rows["moaas"].history == "before missed     T+40:00 missed"
    assert rows["moaas"].standing == "next T+120:00"
    assert not rows["moaas"].wanted
    desk.close()


def test_a_scale_is_overdue_and_says_since_when():
    made = session(now_ns=DOSE_NS + 52 * MIN)
    scales = shipped.example().scales
    found = dues(scales, made.state, made.now_ns())
    row = face.row(scales[0], found, made.state, made.now_ns(), str)
    assert (row.standing, row.wanted) == ("overdue 12 min", True)
    assert face.wanted_words(
        [due for due in found if due.scale.id == "moaas" and due.score is None][1:2]
    ) == ("MOAA/S overdue · Q")


def test_esc_drops_an_entry_and_then_leaves(qtbot):
    desk = Desk(qtbot, session())
    desk.press(K.Key_Q, K.Key_Down, K.Key_3, K.Key_Escape)
    assert desk.over() == "ScalesPage"
    assert not desk.window.over_trends.entering.begun
    desk.press(K.Key_Escape)
    assert desk.window.over_trends is None
    assert desk.session.charted(ScaleScored) == []
    desk.close()


def test_without_scales_the_page_says_so(qtbot):
    desk = Desk(qtbot)
    desk.session.forget_protocol()
    desk.press(K.Key_Q, K.Key_4, K.Key_Return, K.Key_Backspace, K.Key_Down)
    assert desk.window.over_trends.rows() == ()
    assert desk.session.charted(ScaleScored) == []
    desk.close()
