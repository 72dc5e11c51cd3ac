"""Doses charted and corrected by keyboard: what is asked, what is doubted once, when it counts from."""

from dataclasses import replace

import pytest
from fake_session import DOSE_NS, EXAMPLE, MIN, NOW_NS, FakeSession, S
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kapmonitor.commands import AmendDose, GiveDose
from kapmonitor.protocol.routes import Doubt
from kapmonitor.session.events import CardFilled, DoseAmended, DoseGiven, Route, Stamped
from kapmonitor.session.state import fold
from ui.dose import DosePage, typed, wording
from ui.dose.typed import Entry
from ui.notes.moment import Clock
from ui.status_face import status_face
from ui.theme import SESSION, Theme

K = Qt.Key


class Room:
    def __init__(self, qtbot, *, weight="80", protocol=True):
        self.qtbot = qtbot
        self.session = FakeSession("quiet")
        if not protocol:
            self.session.forget_protocol()
        if weight:
            self.tell(CardFilled("weight", weight, "RN"))
        self.left = 0

    def tell(self, event, t_ns=NOW_NS - MIN):
        self.session.state = fold(self.session.state, Stamped(t_ns, event))

    def open(self, author="KL"):
        """At the key press; the rest is done 40 s later."""
        self.page = DosePage(
            self.session, Theme(SESSION, 1.0), self.session.now_ns(), author, ids=lambda: "new"
        )
        self.qtbot.addWidget(self.page)
        self.asked = []
        self.page.asked.connect(self.asked.append)
        self.page.asked.connect(self.session.submit)
        self.page.left.connect(self._leave)
        self.page.resize(868, 900)
        self.page.show()
        self.page.activateWindow()
        self.page.setFocus()
        self.qtbot.waitUntil(lambda: QApplication.focusWidget() is self.page.fields.lines["amount"])
        self.session.advance(40)
        return self

    def _leave(self):
        self.left += 1

    def press(self, *keys):
        for key in keys:
            self.qtbot.keyClick(QApplication.focusWidget() or self.page, key)

    def type(self, name, text):
        self.page.fields.lines[name].clear()
        self.qtbot.keyClicks(self.page.fields.lines[name], text)

    def enter(self):
        self.qtbot.keyClick(self.page.fields.lines["amount"], K.Key_Return)

    @property
    def trouble(self):
        return self.page.trouble.text()


@pytest.fixture
def room(qtbot):
    return Room(qtbot)


def test_a_dose_is_charted_by_keyboard_alone_and_counts_from_the_key_press(room):
    room.open()
    line = QApplication.focusWidget()
    assert line is room.page.fields.lines["amount"], "the amount has the keys, and is empty"
    assert line.text() == ""
    room.qtbot.keyClicks(line, "70")
    for text in (None, "left deltoid", "A7", None, "TW"):
        room.press(K.Key_Tab)
        if text is not None:
            room.qtbot.keyClicks(QApplication.focusWidget(), text)
    room.qtbot.keyClick(room.page.fields.lines["at"], K.Key_Tab)
    room.page.fields._routes.buttons()[0].setFocus()
    room.press(K.Key_Space, K.Key_Right)
    room.enter()
    (command,) = room.asked
    assert command == GiveDose(
        NOW_NS, DoseGiven("ketamine", 70.0, "im", "left deltoid", "KL", "A7", "TW", 80.0, "new")
    )
    assert room.left == 1


@pytest.mark.parametrize(
    ("at", "minutes_before"), [("-5", 5), ("-2:30", 2.5), ("14:40", 7 + 17 / 60), ("T+12", 30 + 17 / 60)]
)
def test_it_may_have_been_given_earlier(room, at, minutes_before):
    room.open().page.fields.set_route(Route.IM)
    room.type("amount", "70")
    room.type("at", at)
    room.enter()
    assert room.asked[0].t_ns == pytest.approx(NOW_NS - minutes_before * MIN, abs=S)


@pytest.mark.parametrize("at", ["14:59", "soon", "5", "-999", "T-200"])
def test_what_is_no_time_of_the_session_is_asked_for_again(room, at):
    room.open().page.fields.set_route(Route.IM)
    room.type("amount", "70")
    room.type("at", at)
    room.enter()
    assert at in room.trouble
    assert room.asked == []


@pytest.mark.parametrize(
    ("amount", "route", "by", "words"),
    [
        ("", Route.IM, "KL", "number"),
        ("0", Route.IM, "KL", "number"),
        ("2001", Route.IM, "KL", "number"),
        ("nan", Route.IM, "KL", "number"),
        ("70", None, "KL", "route"),
        ("70", Route.IM, "", "Who"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_charted(room, amount, route, by, words):
    room.open(by).page.fields.set_route(route)
    room.type("amount", amount)
    room.enter()
    room.enter()
    assert words in room.trouble
    assert room.asked == []


def test_an_unusual_amount_is_asked_about_once_and_charted_as_it_was_typed(room):
    room.open().page.fields.set_route(Route.IM)
    room.type("amount", "700")
    room.enter()
    assert "more than" in room.trouble
    assert "40 to 80 mg" in room.trouble
    assert room.asked == []
    room.enter()
    assert room.asked[0].dose.amount_mg == 700.0


def test_after_any_change_it_is_asked_about_anew(room):
    room.open().page.fields.set_route(Route.IM)
    room.type("amount", "700")
    room.enter()
    room.type("amount", "900")
    assert room.trouble == ""
    room.enter()
    assert "900 mg is more" in room.trouble
    assert room.asked == []


def test_without_a_weight_it_is_asked_for_where_the_range_is_by_weight(qtbot):
    room = Room(qtbot, weight="").open()
    room.page.fields.set_route(Route.IM)
    room.type("amount", "70")
    assert "no mg/kg" in room.page.computed.text()
    room.enter()
    assert "weight" in room.trouble
    room.type("weight", "70,0")
    assert "70 mg = 1 mg/kg at 70 kg" in room.page.computed.text()
    room.enter()
    assert room.asked[0].dose.weight_kg == 70.0


def test_a_drug_that_the_protocol_does_not_name_is_asked_about_once(room):
    room.open().page.fields.set_route(Route.IM)
    room.type("amount", "2")
    room.type("drug", "midazolam")
    room.enter()
    assert "does not name midazolam" in room.trouble
    room.enter()
    assert room.asked[0].dose.drug == "midazolam"


def test_without_a_protocol_nothing_is_doubted(qtbot):
    room = Room(qtbot, protocol=False).open()
    room.page.fields.set_route(Route.PO)
    room.type("amount", "700")
    room.enter()
    assert room.asked[0].dose.drug == "ketamine"


@pytest.mark.parametrize("route", Route)
def test_names_are_offered_by_route_and_never_an_amount(room, route):
    room.open().page.fields.set_route(route)
    plan = EXAMPLE.route(route)
    names = tuple(drug.name for drug in plan.drugs) if plan is not None else ()
    assert room.page.fields.drug.names == names
    assert room.page.fields.drug.text() == (names[0] if len(names) == 1 else "")
    assert room.page.fields.lines["amount"].text() == ""


def test_the_arrows_go_through_the_names_that_are_offered(room):
    room.open()
    drug = room.page.fields.drug
    assert drug.names == ("ketamine", "esketamine")
    for key, name in ((K.Key_Down, "esketamine"), (K.Key_Down, "ketamine"), (K.Key_Up, "esketamine")):
        drug.setText(drug.text() or "ketamine")
        room.qtbot.keyClick(drug, key)
        assert drug.text() == name


def test_escape_charts_nothing(room):
    room.open().page.fields.set_route(Route.IM)
    room.type("amount", "70")
    room.press(K.Key_Escape)
    assert (room.asked, room.left) == ([], 1)


def test_a_wrong_amount_is_corrected_with_a_reason_and_both_stay_readable(room):
    room.open("RN")
    room.press(K.Key_F2)
    assert room.page.correcting.amount_mg == 70.0
    room.type("amount", "60")
    room.type("weight", "80")
    room.enter()
    assert room.trouble == wording.WHY
    room.type("why", "syringe held 60")
    room.enter()
    (command,) = room.asked
    assert isinstance(command, AmendDose)
    assert (command.dose.amount_mg, command.dose.at_ns, command.dose.by) == (60.0, DOSE_NS, "RN")
    (dose,) = room.session.state.doses
    assert (dose.amount_mg, dose.changes[0].was.amount_mg) == (60.0, 70.0)
    (row,) = room.page.rows()
    assert row.what == "ketamine 60 mg IM"
    assert row.changes == ("was ketamine 70 mg IM until 14:47 · RN: syringe held 60",)


def test_a_dose_that_was_never_given_stays_listed_and_t_plus_no_longer_counts_from_it(room):
    room.open("RN")
    room.press(K.Key_F2)
    room.page.fields.never.setChecked(True)
    room.type("why", "another person's")
    room.enter()
    assert room.session.state.dose_t_ns is None
    (row,) = room.page.rows()
    assert (row.withdrawn, row.since) == (True, "")
    assert "never given: ketamine 70 mg IM" in row.what


def test_f2_goes_from_dose_to_dose_and_back_to_a_new_one(room):
    room.tell(DoseGiven("ketamine", 20.0, "im", "", "RN", dose="d1"))
    room.open()
    seen = []
    for _ in range(3):
        room.press(K.Key_F2)
        seen.append(None if room.page.correcting is None else room.page.correcting.amount_mg)
    assert seen == [20.0, 70.0, None]
    assert room.page.fields.lines["by"].text() == "KL"


def test_each_dose_has_its_own_t_plus(room):
    room.tell(DoseGiven("ketamine", 20.0, "im", "", "RN", dose="d1"), NOW_NS - 12 * MIN)
    room.open()
    assert [row.since for row in room.page.rows()] == ["T+42:57", "T+12:40"]
    face = status_face(room.session.snapshot(), NOW_NS, None)
    assert (face.clock, face.dose) == ("T+ 00:42:17", "IM 20 mg · 2nd dose T+12")


# What is doubted, over all of it

CLOCK = Clock(0, 100 * MIN, None, 0)


@given(st.sampled_from(Route), st.floats(0.1, 1999), st.sampled_from([0.0, 50.0, 80.0, 140.0]))
def test_an_amount_is_doubted_where_the_protocol_s_range_does_not_hold_it(route, amount_mg, weight_kg):
    plan = EXAMPLE.route(route)
    drug = plan.drugs[0] if plan is not None else None
    found = Entry(0, route, drug.name if drug else "ketamine", amount_mg, weight_kg)
    doubt = typed.doubt(found, EXAMPLE)
    why = drug.doubt(amount_mg, weight_kg or None) if drug else Doubt.ABOVE
    assert (doubt is not None) == (why is not None)
    assert doubt is None or doubt.doubted
    assert typed.doubt(found, None) is None


def test_all_of_a_dose_on_record_comes_back_from_the_fields(room):
    room.tell(DoseGiven("ketamine", 52.125, "sl", "cheek", "RN", "L", "W", 71.5, "d1"), NOW_NS)
    dose = room.session.state.doses[-1]
    shown = typed.of_dose(dose, withdrawn=False)
    found = typed.entry(shown, CLOCK, dose.t_ns)
    same = typed.amended(replace(shown, why="x"), found, dose, "KL")
    assert same == DoseAmended(
        "d1", NOW_NS, "ketamine", 52.125, "sl", "cheek", "RN", "L", "W", 71.5, False, "x", "KL"
    )
