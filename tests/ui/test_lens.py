"""The window upon a finished record: any length, within the record, around what was asked for."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ui.trends import cursors as cursor
from ui.trends import lens
from ui.trends.cursors import AWAY, Cursors, Which
from ui.trends.window import Span

S = 1_000_000_000
H = 3600 * S
wholes = st.builds(lambda t0, length: Span(t0, t0 + length), st.integers(-H, H), st.integers(60 * S, 12 * H))


@st.composite
def lenses(draw):
    whole = draw(wholes)
    seen = lens.all_of(whole)
    for _ in range(draw(st.integers(0, 4))):
        around_ns = draw(st.integers(whole.t0_ns, whole.t1_ns))
        seen = lens.resized(seen, draw(st.integers(lens.SHORTEST_NS, 12 * H)), around_ns)
    return seen


def is_sound(seen):
    whole, span = seen.whole, seen.span
    return whole.t0_ns <= span.t0_ns and span.t1_ns <= whole.t1_ns and seen.length_ns >= lens.SHORTEST_NS


@settings(deadline=None)
@given(lenses(), st.floats(0.001, 1000), st.integers(-H, 13 * H))
def test_whatever_is_wished_the_window_stays_within_the_record(seen, factor, t_ns):
    for wished in (
        lens.zoomed(seen, factor, t_ns),
        lens.narrower(seen, t_ns),
        lens.wider(seen, t_ns),
        lens.panned(seen, t_ns),
        lens.following(seen, t_ns),
    ):
        assert is_sound(wished)
        assert wished.whole == seen.whole


@settings(deadline=None)
@given(lenses(), st.floats(0.01, 100), st.floats(0, 1))
def test_zooming_keeps_what_is_under_the_pointer_there(seen, factor, share):
    around_ns = seen.span.t0_ns + round(share * seen.length_ns)
    wished = lens.zoomed(seen, factor, around_ns)
    assert wished.holds(around_ns)
    at_an_edge = wished.span.t0_ns == seen.whole.t0_ns or wished.span.t1_ns == seen.whole.t1_ns
    if not at_an_edge:
        now = (around_ns - wished.span.t0_ns) / wished.length_ns
        was = (around_ns - seen.span.t0_ns) / seen.length_ns
        assert abs(now - was) < 1e-6


@settings(deadline=None)
@given(lenses(), st.floats(0, 1))
def test_a_window_that_follows_holds_the_playhead_wherever_it_is(seen, share):
    t_ns = seen.whole.t0_ns + round(share * (seen.whole.t1_ns - seen.whole.t0_ns))
    assert lens.following(seen, t_ns).holds(t_ns)
    assert lens.following(seen, t_ns).length_ns == seen.length_ns


def test_the_keys_go_from_the_whole_session_to_two_seconds_and_back():
    whole = Span(0, 8 * H)
    seen, lengths = lens.all_of(whole), []
    for _ in range(30):
        seen = lens.narrower(seen, 4 * H)
        lengths.append(seen.length_ns)
    assert lengths[0] == 4 * H
    assert lengths[-1] == 2 * S
    assert sorted(set(lengths), reverse=True) == list(dict.fromkeys(lengths))
    for _ in range(30):
        seen = lens.wider(seen, 4 * H)
    assert seen.is_whole


def test_a_playhead_that_runs_out_turns_the_page_and_one_that_jumped_is_centred():
    seen = lens.resized(lens.all_of(Span(0, H)), 60 * S, 30 * S)
    on = lens.following(seen, seen.span.t1_ns + 1)
    assert on.span.t0_ns > seen.span.t0_ns + 50 * S
    assert on.holds(seen.span.t1_ns + 40 * S)
    far = lens.following(seen, 1800 * S)
    assert far.span == Span(1770 * S, 1830 * S)


def test_other_bounds_keep_the_window_and_one_upon_all_still_shows_all():
    seen = lens.resized(lens.all_of(Span(0, H)), 60 * S, 30 * S)
    assert lens.upon(seen, Span(0, 2 * H)).span == seen.span
    assert lens.upon(lens.all_of(Span(0, H)), Span(0, 2 * H)).is_whole


# cursors


def test_one_key_puts_a_then_b_and_then_takes_turns():
    first = cursor.asked(AWAY, 5)
    assert (first.a_ns, first.b_ns, first.active) == (5, None, Which.A)
    both = cursor.asked(first, 9)
    assert (both.a_ns, both.b_ns, both.active) == (5, 9, Which.B)
    assert cursor.asked(both, 100) == Cursors(5, 9, Which.A)


@settings(deadline=None)
@given(st.lists(st.integers(-50, 50), max_size=20), st.sampled_from(list(Which)))
def test_only_the_active_cursor_moves_and_never_out_of_the_record(steps, which):
    now = Cursors(40, 60, which)
    for step in steps:
        now = cursor.moved(now, step, 0, 100)
    other = Which.B if which is Which.A else Which.A
    assert now.at(other) == Cursors(40, 60).at(other)
    assert 0 <= now.at(which) <= 100


def test_without_a_cursor_nothing_moves():
    assert cursor.moved(AWAY, 5, 0, 100) == AWAY
    assert cursor.nearest(AWAY, 5) is None
    assert cursor.nearest(Cursors(10, 90), 60) is Which.B
