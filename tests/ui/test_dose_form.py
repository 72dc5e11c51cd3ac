"""Charting a dose: what is asked for, what is refused, when it counts from."""

import pytest
from PySide6.QtCore import Qt

from kapmonitor.session.events import Route
from ui.dose_form import DoseForm
from ui.theme import SESSION, Theme


@pytest.fixture
def form(qtbot):
    made = DoseForm(Theme(SESSION, 1.0), 42, "14:05:10", "RN")
    qtbot.addWidget(made)
    made.resize(860, 700)
    made.show()
    made.asked = []
    made.given.connect(made.asked.append)
    return made


def fill(form, qtbot, amount="70", route=Route.IM):
    qtbot.keyClicks(form.amount, amount)
    if route is not None:
        form.set_route(route)
    qtbot.keyClicks(form.site, "left deltoid")


def test_a_dose_counts_from_the_key_press_that_opened_the_form(form, qtbot):
    fill(form, qtbot)
    with qtbot.waitSignal(form.left):
        qtbot.keyClick(form.amount, Qt.Key.Key_Return)
    (command,) = form.asked
    assert command.t_ns == 42
    dose = command.dose
    assert (dose.drug, dose.amount_mg, dose.route, dose.site, dose.by) == (
        "ketamine",
        70.0,
        "im",
        "left deltoid",
        "RN",
    )


@pytest.mark.parametrize(
    ("amount", "route", "words"),
    [("", Route.IM, "number"), ("0", Route.IM, "number"), ("70", None, "route")],
)
def test_what_is_missing_is_asked_for_and_nothing_is_charted(form, qtbot, amount, route, words):
    fill(form, qtbot, amount, route)
    qtbot.keyClick(form.amount, Qt.Key.Key_Return)
    assert words in form.trouble.text()
    assert form.asked == []


def test_escape_charts_nothing(form, qtbot):
    fill(form, qtbot)
    with qtbot.waitSignal(form.left):
        qtbot.keyClick(form.amount, Qt.Key.Key_Escape)
    assert form.asked == []


def test_no_amount_and_no_route_is_offered(form):
    assert form.amount.text() == ""
