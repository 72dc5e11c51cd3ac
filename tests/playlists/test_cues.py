"""The music's course: the whole product of modes, flags and cues, and long random sessions."""

import itertools
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor.session.events import MusicAction, Phase
from playlists.course import (
    RATE,
    VOLUME_CAP_DB,
    VOLUME_FLOOR_DB,
    Ask,
    Cue,
    CueState,
    Mode,
    Pending,
    Voice,
    Why,
)
from playlists.cues import RULES, initial, step
from playlists.model import After, Place, Playlist, Section, Track
from playlists.order import asked_next, coming, following
from playlists.tape import MOST_VOICES, advance, track_frames


def track(name: str, seconds: float = 60.0, leave: tuple[float, ...] = ()) -> Track:
    return Track(Path(f"{name}.flac"), name, seconds, leave_s=leave)


PLAYLIST = Playlist(
    "test",
    (
        Section("Preparation", (track("p1"),), (Phase.PREPARATION, Phase.BASELINE)),
        Section("Peak", (track("k1", leave=(20.0, 40.0)), track("k2")), (Phase.PEAK,)),
        Section("Return", (track("r1"), track("r2", 40.0)), (Phase.RETURN,), After.NEXT),
        Section("End", (track("e1", 30.0),), (Phase.INTEGRATION,), After.STOP),
        Section("Ground", (track("g1"), track("g2")), (), grounding=True),
    ),
)
ALL = frozenset(PLAYLIST.places())
P1, K1, K2, R1, R2, E1, G1, G2 = PLAYLIST.places()


def ask(state: CueState, *asks: Ask | Cue, playlist: Playlist = PLAYLIST) -> CueState:
    for one in asks:
        state, _ = step(playlist, state, one if isinstance(one, Cue) else Cue(one))
    return state


def run(state: CueState, seconds: float, ready=ALL, playlist: Playlist = PLAYLIST):
    return advance(playlist, state, round(seconds * RATE), ready)


def playing(phase: Phase = Phase.PEAK, seconds: float = 5.0) -> CueState:
    return run(ask(initial(PLAYLIST, phase), Ask.PLAY), seconds).state


def phase(value: Phase) -> Cue:
    return Cue(Ask.PHASE, phase=value)


def missing(place: Place) -> Cue:
    return Cue(Ask.MISSING, place=place)


def test_every_cue_in_every_mode_is_in_the_table():
    assert set(RULES) == set(itertools.product(Mode, Ask))


def voices_at(place: Place) -> tuple[tuple[Voice, ...], ...]:
    """None, one, and two in a crossfade."""
    fading, coming_in = Voice(1, P1, 50 * RATE, 1.0, 0.0, RATE, 9), Voice(2, place, 9, 0.0, 1.0, RATE, 9)
    return (), (Voice(1, place, 10 * RATE, 1.0, 1.0, 0),), (fading, coming_in)


BY_TIME, BY_PHASE = (Pending(R1, 99 * RATE, RATE, why=why) for why in (Why.TIME, Why.PHASE))
FREE = (
    *((K1, Phase.PEAK, pending) for pending in (None, Pending(K2, 0, RATE), BY_TIME)),
    (K1, Phase.PEAK, Pending(K2, 0, RATE, why=Why.NEXT)),
    *((K1, Phase.DOSING, pending) for pending in (None, BY_TIME)),
    *((K1, Phase.RETURN, pending) for pending in (None, BY_PHASE, Pending(K2, 0, RATE))),
    (K1, Phase.DISCHARGE, BY_PHASE),
)
"""Where the music is, the phase, and what is decided."""
GROUNDED = (
    *((K1, when, Pending(G1, 0, RATE)) for when in (Phase.PEAK, Phase.RETURN)),
    *((G1, when, None) for when in (Phase.PEAK, Phase.RETURN, Phase.DOSING)),
    (G1, Phase.PEAK, Pending(G2, 0, RATE)),
)
CUES = (
    *(Cue(a) for a in Ask if a not in {Ask.PHASE, Ask.MISSING, Ask.VOLUME}),
    *(Cue(Ask.PHASE, phase=p) for p in Phase),
    *(Cue(Ask.MISSING, place=p) for p in (K1, K2, G1, None)),
    *(Cue(Ask.VOLUME, change_db=c) for c in (-4.0, 2.0, 99.0, -99.0)),
)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("cue", CUES, ids=str)
def test_whole_product_keeps_its_promises(mode, cue):
    for before in states_in(mode):
        after, said = step(PLAYLIST, before, cue)
        check_promises(after)
        check_fields(before, after, cue)
        assert after.place is not None
        assert {v.id for v in after.voices} <= {v.id for v in before.voices}
        if cue.ask is not Ask.MISSING:
            assert after.voices == before.voices, "only time and a broken file end a voice"
            assert destination(after) == expected_destination(before, cue)
        elif grounding_lost(before, cue):
            assert destination(after)[0] == home_again(before, interrupted=False)
        assert [s.action for s in said] == expected_actions(before, after, cue)


TELL_NOTHING = (Ask.PHASE, Ask.MISSING, Ask.VOLUME)
"""Their acts do nothing for a cue that brings no phase, place or change."""


@pytest.mark.parametrize(("mode", "what"), RULES, ids=str)
def test_wrong_entry_of_the_table_breaks_a_promise(monkeypatch, mode, what):
    becomes, act = RULES[mode, what]
    acts = {RULES[other, ask_][1] for other, ask_ in RULES if ask_ not in TELL_NOTHING} - {act}
    wrong = [(other, act) for other in Mode if other is not becomes]
    for entry in (*wrong, *((becomes, other) for other in acts)):
        monkeypatch.setitem(RULES, (mode, what), entry)
        with pytest.raises(AssertionError):  # noqa: PT012
            for cue in CUES:
                if cue.ask is what:
                    test_whole_product_keeps_its_promises(mode, cue)


def states_in(mode: Mode) -> Iterator[CueState]:
    """Every state that can come about in which K1 sounds, or what it was grounded from."""
    flags = itertools.product((False, True), repeat=3)
    more = tuple(itertools.product(((), (K1,)), (frozenset(), frozenset({G2}))))
    for (held, grounded, output), (left, gone) in itertools.product(flags, more):
        for place, when, pending in GROUNDED if grounded else FREE:
            if pending is not None and (
                mode is Mode.STOPPED or pending.place in gone or (held and pending.waits)
            ):
                continue
            for voices in voices_at(place):
                before = CueState(place, when, mode, held, grounded, output, 1, pending, voices, serial=2)
                yield replace(before, in_section=RATE, left=left, missing=gone)


def check_fields(before: CueState, after: CueState, cue: Cue) -> None:
    """What each cue makes of mode and flags, said once more without the table."""
    grounds = cue.ask is Ask.GROUND and not before.grounded
    pauses = cue.ask is Ask.PAUSE and before.mode is Mode.PLAYING
    mode = {Ask.PLAY: Mode.PLAYING, Ask.STOP: Mode.STOPPED}.get(cue.ask, before.mode)
    assert after.mode is (Mode.PLAYING if grounds else Mode.PAUSED if pauses else mode)
    assert after.held is {Ask.HOLD: True, Ask.RELEASE: False}.get(cue.ask, before.held)
    there = {Ask.GROUND: True, Ask.RETURN: False, Ask.STOP: before.grounded and before.place == G1}
    assert after.grounded is (there.get(cue.ask, before.grounded) and not grounding_lost(before, cue))
    assert after.output is {Ask.OUTPUT_LOST: False, Ask.OUTPUT_BACK: True}.get(cue.ask, before.output)
    assert after.phase is (cue.phase or before.phase)
    assert after.missing == before.missing | ({cue.place} - {None})
    assert after.volume_db == min(VOLUME_CAP_DB, max(VOLUME_FLOOR_DB, before.volume_db + cue.change_db))
    assert after.in_section == (0 if cue.ask is Ask.DOSE else before.in_section)
    if cue.ask is Ask.PLAY and before.mode is Mode.STOPPED:
        assert (after.pending is not None) is bool(before.voices), "what still fades out begins anew"


def destination(state: CueState) -> tuple[Place | None, int | None]:
    """Where the music is bound for, and the place in that track if not its beginning."""
    pending = state.pending
    return (state.place, None) if pending is None else (pending.place, pending.at)


def grounding_lost(before: CueState, cue: Cue) -> bool:
    return before.grounded and cue.ask is Ask.MISSING and before.missing | {cue.place} >= {G1, G2}


def home_again(before: CueState, *, interrupted: bool) -> Place:
    """Where the music goes from grounding; what was not interrupted yet goes on itself."""
    if before.phase is Phase.RETURN and not before.held:
        return R1
    return K1 if not before.left or (not interrupted and before.place == K1 and before.voices) else K2


PHASES = {Phase.PREPARATION: P1, Phase.BASELINE: P1, Phase.RETURN: R1, Phase.INTEGRATION: E1}


def expected_after_phase(before: CueState, when: Phase) -> Place | None:
    """As long as nothing keeps the music where it is."""
    bound, _ = destination(before)
    by_phase = before.pending is not None and before.pending.why is Why.PHASE
    if when in PHASES:
        return PHASES[when]
    if when is Phase.PEAK:
        return K1 if by_phase else bound
    later = list(Phase).index(before.phase) > list(Phase).index(when)
    return K1 if later and by_phase else bound


def expected_destination(before: CueState, cue: Cue) -> tuple[Place | None, int | None]:
    """Said once more."""
    bound, _ = destination(before)
    stay, pending = before.held or before.grounded, before.pending
    late = pending is not None and pending.waits
    g2 = G1 if G2 in before.missing else G2
    asked = {K1: K2, K2: K1 if stay else R1, R1: R1, G1: g2, G2: G1}
    if cue.ask is Ask.SEEK and before.mode is not Mode.STOPPED and before.voices and (late or not pending):
        return before.place, 0
    if cue.ask is Ask.NEXT and bound is not None:
        return asked[bound], None
    if cue.ask is Ask.GROUND and not before.grounded:
        return G1, None
    if cue.ask is Ask.RETURN and before.grounded:
        return home_again(before, interrupted=True), None
    if cue.ask is Ask.PHASE and not stay and cue.phase is not None:
        return expected_after_phase(before, cue.phase), None
    if cue.ask is Ask.RELEASE and before.held and not before.grounded and before.phase in PHASES:
        return PHASES[before.phase], None
    taken_back = {
        Ask.STOP: True,
        Ask.DOSE: pending is not None and pending.why is Why.TIME,
        Ask.HOLD: late and not before.held,
    }
    return (before.place if taken_back.get(cue.ask) else bound), None


def expected_actions(before: CueState, after: CueState, cue: Cue) -> list[MusicAction]:
    """What belongs in the record, said once more without the table."""
    sounds = before.output and bool(before.voices)
    again = [MusicAction.RESUMED] if before.mode is not Mode.PLAYING and sounds else []
    plays = before.voices and before.mode is Mode.PLAYING
    back = MusicAction.RESUMED if plays else MusicAction.OUTPUT_BACK
    changed = {
        Ask.HOLD: [] if before.held else [MusicAction.HELD],
        Ask.RELEASE: [MusicAction.RELEASED] if before.held else [],
        Ask.PAUSE: [MusicAction.PAUSED] if before.mode is Mode.PLAYING else [],
        Ask.STOP: [] if before.mode is Mode.STOPPED else [MusicAction.STOPPED],
        Ask.PLAY: again,
        Ask.GROUND: [] if before.grounded else again,
        Ask.VOLUME: [MusicAction.VOLUME] if after.volume_db != before.volume_db else [],
        Ask.MISSING: [MusicAction.MISSING] if cue.place is not None else [],
        Ask.OUTPUT_LOST: [MusicAction.OUTPUT_LOST] if before.output else [],
        Ask.OUTPUT_BACK: [] if before.output else [back],
    }
    return changed.get(cue.ask, [])


def check_promises(state: CueState) -> None:
    assert VOLUME_FLOOR_DB <= state.volume_db <= VOLUME_CAP_DB
    assert state.place not in state.missing
    assert state.pending is None or state.pending.place not in state.missing
    assert not any(v.place in state.missing for v in state.voices)
    assert len(state.voices) <= MOST_VOICES
    if state.mode is Mode.PLAYING:
        assert state.place is not None
    if state.mode is Mode.STOPPED:
        assert state.pending is None
    bound, _ = destination(state)
    if state.grounded:
        assert bound is not None
        assert PLAYLIST.section(bound).grounding, "grounded is what the music is, or is about to be"
    if state.stay:
        assert not state.waiting
        assert state.pending is None or not state.pending.waits


def test_natural_join_overlaps_by_the_crossfade_and_keeps_power():
    result = run(playing(), 58)
    assert [s.place for s in result.said] == [K2]
    both = [s for s in result.segments if len(s.slices) == 2]
    assert sum(s.frames for s in both) == 12 * RATE
    for segment in both:
        assert sum(s.level0 for s in segment.slices) == pytest.approx(1.0)
        assert sum(s.level1 for s in segment.slices) == pytest.approx(1.0)


def test_phase_moves_at_the_next_place_to_leave():
    state = ask(playing(seconds=10), phase(Phase.RETURN))
    assert state.place == K1
    result = run(state, 9.9)
    assert not result.said
    result = run(result.state, 0.2)
    assert [(s.action, s.place) for s in result.said] == [(MusicAction.STARTED, R1)]


def test_phase_waits_no_longer_than_the_playlist_says():
    state = ask(playing(Phase.PREPARATION, 1), phase(Phase.PEAK))
    assert run(state, 44.9).state.place == P1
    assert run(state, 45.1).state.place == K1


def test_phase_that_returns_before_the_move_takes_it_back():
    state = ask(playing(), phase(Phase.RETURN), phase(Phase.PEAK))
    assert state.pending is None


def test_phase_without_a_section_leaves_the_music_alone():
    before = playing()
    assert ask(before, phase(Phase.DOSING)).pending is None


def test_phase_taken_back_to_one_without_a_section_moves_nothing():
    for wrong, right in itertools.product((Phase.PEAK, Phase.RETURN), (Phase.DOSING, Phase.ONSET)):
        state = ask(playing(Phase.BASELINE), phase(right), phase(wrong))
        assert state.pending is not None
        state = ask(run(state, 5).state, phase(right))
        assert (state.pending, state.waiting) == (None, False)


def test_phase_that_the_session_only_passes_beyond_still_brings_its_section():
    state = ask(playing(Phase.RETURN), phase(Phase.INTEGRATION), phase(Phase.DISCHARGE))
    assert state.pending is not None
    assert state.pending.place == E1


def test_hold_goes_round_the_section_until_released():
    state = ask(playing(Phase.RETURN), Ask.HOLD, phase(Phase.INTEGRATION))
    result = run(state, 400)
    assert {s.place for s in result.said} == {R1, R2}
    released = ask(result.state, Ask.RELEASE)
    assert released.pending is not None
    assert released.pending.place == E1


def test_hold_takes_back_a_move_that_waits():
    assert ask(playing(), phase(Phase.RETURN), Ask.HOLD).pending is None


def test_grounding_comes_at_once_and_goes_back_to_the_phase():
    state = run(ask(playing(), Ask.GROUND), 0.1).state
    assert state.place == G1
    assert state.grounded
    state = run(ask(state, phase(Phase.RETURN)), 200).state
    assert state.place in {G1, G2}
    state = run(ask(state, Ask.RETURN), 0.1).state
    assert state.place == R1


def test_grounding_while_held_goes_back_to_what_was_held():
    state = run(ask(playing(), Ask.HOLD, Ask.GROUND), 5).state
    state = run(ask(state, phase(Phase.RETURN), Ask.RETURN), 0.1).state
    assert state.place == K2
    assert state.held


def test_grounding_starts_silent_music():
    for before in (initial(PLAYLIST, Phase.PEAK), ask(playing(), Ask.PAUSE)):
        state = run(ask(before, Ask.GROUND), 0.1).state
        assert state.mode is Mode.PLAYING
        assert state.place == G1


def test_next_leaves_the_section_after_its_last_track_unless_held():
    state = playing()
    for expected in (K2, R1, R2, E1):
        state = run(ask(state, Ask.NEXT), 5).state
        assert state.place == expected
    held = ask(playing(), Ask.HOLD)
    assert [p.place for p in (run(ask(held, Ask.NEXT), 5).state, held)] == [K2, K1]


def test_impatient_next_never_mixes_more_than_the_limit():
    state = playing()
    for _ in range(9):
        state = run(ask(state, Ask.NEXT), 0.1).state
        check_promises(state)
    assert len(run(state, 20).state.voices) == 1


def test_nothing_begins_while_it_is_not_ready():
    waiting = run(ask(initial(PLAYLIST, Phase.PEAK), Ask.PLAY), 5, ready=frozenset())
    assert waiting.segments == ()
    on = run(playing(), 200, ready=frozenset())
    assert sum(s.frames for s in on.segments) == 55 * RATE
    assert run(on.state, 1).state.place == K2


def test_a_late_track_fades_over_what_is_left():
    state = run(playing(), 52, ready=frozenset()).state
    result = run(state, 5)
    assert [s.place for s in result.said] == [K2]
    assert result.segments[-1].slices[0].level0 == 1.0
    assert max(sum(s.level0 for s in seg.slices) for seg in result.segments) == pytest.approx(1.0)


def test_music_that_ends_says_so():
    state = playing(Phase.INTEGRATION)
    result = run(state, 60)
    assert result.state.mode is Mode.STOPPED
    assert [s.action for s in result.said] == [MusicAction.STOPPED]


def test_back_from_grounding_goes_on_after_what_was_heard():
    state = run(ask(playing(), Ask.GROUND), 5).state
    state = run(ask(state, Ask.RETURN), 1).state
    assert state.place == K2


def test_grounding_that_breaks_off_goes_back_and_follows_the_session_again():
    state = ask(run(ask(playing(), missing(G2), Ask.GROUND), 8).state, missing(G1))
    assert (state.mode, state.place, state.grounded) == (Mode.PLAYING, K2, False)
    result = run(state, 1)
    assert [(s.action, s.place) for s in result.said] == [(MusicAction.STARTED, K2)]
    assert run(ask(result.state, phase(Phase.RETURN)), 46).state.place == R1


def test_grounding_that_breaks_off_leaves_what_was_held_held():
    state = ask(playing(), Ask.HOLD, missing(G2), Ask.GROUND)
    state = ask(run(state, 8).state, phase(Phase.RETURN), missing(G1))
    assert (state.place, state.held, state.grounded) == (K2, True, False)


def test_grounding_that_cannot_begin_leaves_the_music_as_it_is():
    state = ask(playing(), missing(G2), Ask.GROUND, missing(G1))
    assert (state.mode, state.place, state.grounded, state.pending) == (Mode.PLAYING, K1, False, None)
    assert run(state, 1).said == ()
    assert run(ask(state, phase(Phase.RETURN)), 46).state.place == R1
    late = ask(playing(), missing(G2), Ask.GROUND, phase(Phase.RETURN), missing(G1))
    assert late.pending is not None
    assert late.pending.place == R1, "the phase that came meanwhile is followed"


def test_grounding_that_cannot_begin_in_silence_begins_the_music():
    state = ask(initial(PLAYLIST, Phase.PEAK), missing(G2), Ask.GROUND, missing(G1))
    assert (state.mode, state.place, state.grounded) == (Mode.PLAYING, K1, False)


def test_back_from_grounding_to_a_section_that_is_lost_goes_elsewhere():
    state = ask(run(ask(playing(), Ask.GROUND), 5).state, Ask.RETURN, missing(K2), missing(K1))
    assert state.pending is not None
    assert state.pending.place == R1


def test_rather_a_section_before_than_silence_once_the_last_one_is_lost():
    last = Playlist("x", PLAYLIST.sections[:3])
    state = ask(initial(last, Phase.PEAK), Ask.PLAY, playlist=last)
    state = run(
        ask(run(state, 5, playlist=last).state, Ask.NEXT, Ask.NEXT, playlist=last), 5, playlist=last
    ).state
    assert state.place == R1
    state = ask(state, missing(R2), missing(R1), playlist=last)
    assert (state.mode, state.place) == (Mode.PLAYING, K2), "after what was heard of it"


def test_section_that_was_to_end_in_silence_does_so_where_it_is_lost():
    state = ask(playing(Phase.INTEGRATION), missing(E1))
    assert (state.mode, state.place) == (Mode.STOPPED, None)


def test_missing_next_is_passed_over():
    state = ask(playing(), Ask.NEXT, missing(K2))
    assert state.pending is not None
    assert state.pending.place == R1


def test_missing_while_it_sounds_goes_on_with_another():
    state = ask(playing(), missing(K1))
    assert state.voices == ()
    result = run(state, 1)
    assert [(s.action, s.place) for s in result.said] == [(MusicAction.STARTED, K2)]


def test_all_missing_stops_and_play_cannot_begin():
    state = ask(playing(), *(missing(p) for p in ALL))
    assert state.mode is Mode.STOPPED
    assert state.place is None
    assert ask(state, Ask.PLAY).mode is Mode.STOPPED


def test_pause_in_the_middle_goes_on_at_the_same_place():
    state = ask(playing(), Ask.PAUSE)
    assert run(ask(state, Ask.PLAY), 1).state.at == state.at + RATE


def test_next_during_a_pause_is_taken_at_play():
    state = ask(playing(), Ask.PAUSE, Ask.NEXT)
    assert run(state, 0.5).state.place == K1
    assert run(ask(state, Ask.PLAY), 0.1).state.place == K2


def test_what_comes_is_what_then_plays():
    state = playing(Phase.RETURN)
    rows = coming(PLAYLIST, R1, frozenset(), stay=False, rows=4)
    assert [r.place for r in rows if not r.if_moved] == [R2, E1]
    assert [s.place for s in run(state, 150).said[:2]] == [R2, E1]


def test_what_a_later_phase_brings_is_marked():
    rows = coming(PLAYLIST, K1, frozenset({R1}), stay=False, rows=4)
    assert [(r.place, r.if_moved) for r in rows] == [(K2, False), (R2, True), (E1, True)]
    assert all(not r.if_moved for r in coming(PLAYLIST, K1, frozenset(), stay=True, rows=4))


def test_thousands_of_places_to_leave_a_track_cost_next_to_nothing():
    often = track("o", 700.0, tuple(n / 200 for n in range(1, 130_000)))
    list_ = Playlist(
        "x", (Section("A", (often,), (Phase.PEAK,)), Section("B", (track("b"),), (Phase.RETURN,)))
    )
    everywhere = frozenset(list_.places())
    state = run(ask(initial(list_, Phase.PEAK), Ask.PLAY), 5.0011, everywhere, list_).state
    state = ask(state, phase(Phase.RETURN), playlist=list_)
    calls = sys.getprofile()
    asked = []
    sys.setprofile(lambda frame, event, _: asked.append(event))
    try:
        moved = run(state, 0.05, everywhere, list_)
    finally:
        sys.setprofile(calls)
    assert len(asked) < 2_000
    assert [(s.place, s.after) for s in moved.said] == [(Place(1, 0), round(0.0039 * RATE))]


def test_order_over_the_whole_product_passes_over_what_is_missing():
    for place, gone, stay in itertools.product(ALL, ALL, (False, True)):
        for order in (following, asked_next):
            after = order(PLAYLIST, place, frozenset({gone}), stay=stay)
            assert after != gone
            if stay and after is not None:
                assert after.section == place.section


ASKS = st.one_of(
    st.sampled_from([a for a in Ask if a not in {Ask.PHASE, Ask.MISSING, Ask.VOLUME}]).map(Cue),
    st.sampled_from(Phase).map(phase),
    st.sampled_from(sorted(ALL)).map(missing),
    st.sampled_from((-4.0, -2.0, 2.0)).map(lambda c: Cue(Ask.VOLUME, change_db=c)),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(ASKS, st.integers(0, 30 * RATE), st.booleans()), max_size=25),
    st.sampled_from(Phase),
)
def test_any_session_is_continuous(events, first):
    """Frames are never lost, a voice only fades in from nothing and out to nothing."""
    state = initial(PLAYLIST, first)
    at: dict[int, int] = {}
    level: dict[int, float] = {}
    where: dict[int, Place] = {}
    for cue, frames, all_ready in events:
        state, _ = step(PLAYLIST, state, cue)
        check_promises(state)
        level = {v: lv for v, lv in level.items() if where[v] not in state.missing}
        result = advance(PLAYLIST, state, frames, ALL if all_ready else frozenset())
        assert sum(s.frames for s in result.segments) <= frames
        for segment in result.segments:
            assert segment.frames > 0
            now = {s.voice for s in segment.slices}
            ended = {v for v, lv in level.items() if v not in now and lv > 1e-6}
            assert all(at[v] == track_frames(PLAYLIST, where[v]) for v in ended), "a voice was cut off"
            for s in segment.slices:
                assert s.at == at.get(s.voice, 0)
                assert s.level0 == pytest.approx(level.get(s.voice, 0.0))
                assert 0.0 <= s.level1 <= 1.0
            at = {s.voice: s.at + segment.frames for s in segment.slices}
            where = {s.voice: s.place for s in segment.slices}
            level = {s.voice: s.level1 for s in segment.slices}
        state = result.state
        check_promises(state)
