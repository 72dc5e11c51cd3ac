"""Sections with an earliest and a latest change, second doses, seeks, trims and joins without a gap."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kapmonitor.session.events import MusicAction, Phase
from playlists.course import RATE, Ask, Cue, CueState, Mode, Pending, Voice, Why
from playlists.cues import RULES, initial, step
from playlists.model import After, Place, Playlist, Section, Track
from playlists.tape import advance, track_frames


def track(name, seconds=60.0, **more):
    return Track(Path(f"{name}.flac"), name, seconds, **more)


PLAYLIST = Playlist(
    "test",
    (
        Section("Onset", (track("o1"), track("o2")), (Phase.ONSET,), earliest_s=100.0, latest_s=200.0),
        Section("Peak", (track("k1"), track("k2"), track("k3")), (Phase.PEAK,), earliest_s=300.0),
        Section(
            "Return",
            (
                track("r1", fade_s=0.0),
                track("r2", fade_s=0.0, start_s=10.0, end_s=40.0, leave_s=(5.0, 20.0)),
                track("r3", end_s=50.0),
            ),
            (Phase.RETURN,),
            After.STOP,
        ),
        Section("End", (track("e1"),), (Phase.INTEGRATION,)),
        Section("Ground", (track("g1"),), grounding=True),
    ),
    crossfade_s=10.0,
    phase_wait_s=20.0,
)
ALL = frozenset(PLAYLIST.places())
O1, O2, K1, K2, K3, R1, R2, R3, E1, G1 = PLAYLIST.places()


def ask(state, *cues):
    for cue in cues:
        state, _ = step(PLAYLIST, state, cue if isinstance(cue, Cue) else Cue(cue))
    return state


def run(state, seconds, ready=ALL):
    """As the engine does: what began is ready again for the next time."""
    said, segments = [], []
    for _ in range(round(seconds * 10)):
        moved = advance(PLAYLIST, state, RATE // 10, ready)
        state = moved.state
        said += moved.said
        segments += moved.segments
    return state, said, segments


def playing(phase=Phase.PEAK, seconds=5.0):
    return run(ask(initial(PLAYLIST, phase), Ask.PLAY), seconds)[0]


def phase(value):
    return Cue(Ask.PHASE, phase=value)


def test_phase_waits_until_the_section_is_old_enough_and_then_for_a_musical_moment():
    state = ask(playing(seconds=30), phase(Phase.RETURN))
    assert state.waiting
    state, said, _ = run(state, 265)
    assert {s.place.section for s in said} == {1}, "the section's own tracks go on meanwhile"
    state, said, _ = run(state, 30)
    assert said[-1].place == R1
    assert not state.waiting


def test_next_overrules_the_earliest_change_and_the_wait():
    for seconds in (30, 301):
        state = ask(playing(seconds=seconds), phase(Phase.RETURN))
        assert run(state, 1)[0].place.section == 1
        state, said, _ = run(ask(state, Ask.NEXT), 0.2)
        assert [s.place for s in said] == [R1]


def test_early_end_and_going_back_are_not_held_up():
    assert ask(playing(seconds=30), phase(Phase.INTEGRATION)).pending.place == E1
    assert ask(playing(seconds=30), phase(Phase.DISCHARGE)) != phase(Phase.PEAK), "no section: as it was"
    assert ask(playing(seconds=30), phase(Phase.ONSET)).pending.place == O1


def test_hold_and_return_of_the_phase_take_a_waiting_change_back():
    waiting = ask(playing(seconds=30), phase(Phase.RETURN))
    assert not ask(waiting, phase(Phase.PEAK)).waiting
    held = ask(waiting, Ask.HOLD)
    assert not held.waiting
    held = run(held, 400)[0]
    assert held.place.section == 1
    assert ask(held, Ask.RELEASE).pending.place == R1


def test_hold_and_release_skip_nothing_of_the_earliest_change():
    state = ask(playing(seconds=30), phase(Phase.RETURN), Ask.HOLD, Ask.RELEASE)
    assert state.waiting
    assert run(state, 265)[0].place.section == 1
    assert run(state, 300)[0].place == R1


def test_grounding_and_back_skip_nothing_of_the_earliest_change_and_add_nothing():
    state = ask(playing(seconds=30), phase(Phase.RETURN), Ask.GROUND)
    state = run(state, 90)[0]
    assert state.place == G1
    state, said, _ = run(ask(state, Ask.RETURN), 1)
    assert said[-1].place == K2, "after what was heard of the section"
    assert state.waiting
    assert run(state, 260)[0].place.section == 1
    assert run(state, 295)[0].place == R1


def test_grounding_and_back_ends_early_where_the_session_does():
    state = run(ask(playing(seconds=30), Ask.GROUND, phase(Phase.INTEGRATION)), 20)[0]
    assert run(ask(state, Ask.RETURN), 1)[0].place == E1


def test_dose_during_grounding_lets_the_section_begin_anew():
    state = run(ask(playing(Phase.ONSET, 190), Ask.GROUND, Ask.DOSE), 20)[0]
    state = run(ask(state, Ask.RETURN), 150)[0]
    assert state.place.section == 0


def test_grounding_from_a_section_that_was_only_chosen_takes_no_other_sections_time_along():
    state = ask(run(playing(Phase.ONSET, 190), 5)[0], Ask.STOP)
    while state.place.section == 0:
        state = ask(state, Ask.NEXT)
    state = run(ask(state, Ask.GROUND), 20)[0]
    assert (state.home, state.in_section) == (1, 0)


def test_a_phase_by_mistake_does_not_make_the_right_one_skip_the_earliest_change():
    state = ask(playing(Phase.ONSET, 30), phase(Phase.RETURN), phase(Phase.PEAK))
    assert state.waiting
    state, said, _ = run(state, 95)
    assert state.place == K1
    assert R1 not in {s.place for s in said}


def test_going_back_that_is_taken_back_moves_nothing():
    state = ask(playing(seconds=30), phase(Phase.ONSET), phase(Phase.RETURN))
    assert (state.waiting, state.pending) == (True, None)


def test_seek_lets_going_back_and_an_early_end_wait_no_longer():
    for back in (Phase.ONSET, Phase.INTEGRATION):
        state = ask(playing(seconds=30), phase(back), Cue(Ask.SEEK, at_s=5.0))
        assert run(state, 22)[0].place.section == {Phase.ONSET: 0, Phase.INTEGRATION: 3}[back]


def test_phase_that_waits_is_not_lost_where_the_section_is_over_before_its_earliest_change():
    for after in (After.STOP, After.NEXT):
        first = Section("A", (track("a1"),), (Phase.BASELINE,), after, earliest_s=300.0)
        last = Section("C", (track("c1"),), (Phase.PEAK,))
        playlist = Playlist("x", (first, Section("B", (track("b1"),)), last), crossfade_s=10.0)
        state, _ = step(playlist, initial(playlist, Phase.BASELINE), Cue(Ask.PLAY))
        state = advance(playlist, state, 20 * RATE, frozenset(playlist.places())).state
        state, _ = step(playlist, state, phase(Phase.PEAK))
        assert state.waiting
        moved = advance(playlist, state, 45 * RATE, frozenset(playlist.places()))
        assert [s.place for s in moved.said] == [Place(2, 0)]


def test_music_that_ends_waits_for_nothing_any_more():
    first = Section("A", (track("a1"),), (Phase.BASELINE,), After.STOP, earliest_s=300.0)
    playlist = Playlist("x", (first, Section("C", (track("c1"),), (Phase.PEAK,))))
    state, _ = step(playlist, initial(playlist, Phase.BASELINE, frozenset({Place(1, 0)})), Cue(Ask.PLAY))
    state = advance(playlist, state, 20 * RATE, frozenset(playlist.places())).state
    state, _ = step(playlist, state, phase(Phase.PEAK))
    assert state.waiting
    state = advance(playlist, state, 60 * RATE, frozenset(playlist.places())).state
    assert (state.mode, state.waiting) == (Mode.STOPPED, False)


def test_next_takes_the_latest_change_that_is_under_way():
    for when in (Phase.ONSET, Phase.DOSING):
        state = run(ask(playing(Phase.ONSET), phase(when)), 196)[0]
        assert state.pending.why is Why.TIME
        sought = ask(state, Cue(Ask.SEEK, at_s=5.0))
        for before in (state, sought, ask(sought, Ask.PAUSE)):
            state = ask(before, Ask.NEXT)
            assert (state.pending.place, state.pending.patience) == (K1, 0)
        assert run(ask(state, Ask.PLAY, Ask.NEXT), 1)[0].place == K2, "asked for once more"


def test_next_takes_the_latest_change_out_of_a_section_of_one_track():
    first = Section("A", (track("a1", 600.0),), (Phase.PEAK,), latest_s=60.0)
    playlist = Playlist("x", (first, Section("B", (track("b1"),), (Phase.RETURN,))))
    state, _ = step(playlist, initial(playlist, Phase.PEAK), Cue(Ask.PLAY))
    state = advance(playlist, state, 62 * RATE, frozenset(playlist.places())).state
    state, _ = step(playlist, state, Cue(Ask.NEXT))
    moved = advance(playlist, state, RATE, frozenset(playlist.places()))
    assert [s.place for s in moved.said] == [Place(1, 0)]


def test_phase_of_the_section_that_comes_by_itself_lets_it_wait_no_longer():
    state = run(playing(Phase.ONSET, 196), 15)[0]
    state = ask(state, phase(Phase.PEAK))
    assert run(state, 10)[0].place == K1
    assert ask(state, Ask.DOSE).pending is not None, "by now it is the phase's"


def test_pause_stops_the_clock_of_the_section():
    state = ask(playing(seconds=30), phase(Phase.RETURN), Ask.PAUSE)
    state, _, _ = run(state, 5)
    after, _, _ = run(ask(state, Ask.PLAY), 200)
    assert after.place.section == 1
    assert after.in_section == pytest.approx(state.in_section + 200 * RATE)


def test_section_goes_on_by_itself_after_its_latest_change_unless_held():
    state = playing(Phase.ONSET)
    moved, _, _ = run(state, 216)
    assert moved.place == K1
    held, _, _ = run(ask(state, Ask.HOLD), 400)
    assert held.place.section == 0
    assert run(ask(held, Ask.RELEASE), 25)[0].place.section == 1


def test_second_dose_lets_the_section_begin_anew():
    state = playing(Phase.ONSET, 195)
    assert run(ask(state, Ask.DOSE), 150)[0].place.section == 0
    late, _, _ = run(state, 6)
    assert late.pending is not None
    assert ask(late, Ask.DOSE).pending is None


def test_second_dose_goes_back_to_what_was_not_heard_yet():
    state = run(ask(playing(Phase.ONSET, 30), phase(Phase.PEAK)), 121)[0]
    assert state.place == K1
    state = run(ask(state, Ask.DOSE, phase(Phase.ONSET)), 21)[0]
    assert state.place == O2


def test_tracks_with_a_fade_of_nothing_join_to_the_sample():
    _, said, segments = run(ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY), 130)
    assert [s.place for s in said if s.action is MusicAction.STARTED] == [R1, R2, R3]
    frames = dict.fromkeys((R1, R2, R3), 0)
    for segment in segments:
        assert sum(s.level1 for s in segment.slices) <= 1.0 + 1e-9
        for piece in segment.slices:
            assert piece.at == frames[piece.place]
            frames[piece.place] += segment.frames
    for place, length in ((R1, 60), (R2, 30)):
        assert frames[place] == length * RATE
        last = max((s for seg in segments for s in seg.slices if s.place == place), key=lambda s: s.at)
        assert last.level1 == 1.0
    first = min((s for seg in segments for s in seg.slices if s.place == R2), key=lambda s: s.at)
    assert (first.level0, first.level1) == (1.0, 1.0)


def test_track_that_is_late_for_a_join_fades_in_after_the_one_before_faded_out():
    state, _, _ = run(ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY), 59)
    state, _, segments = run(state, 3, ready=frozenset())
    assert state.voices == ()
    assert segments[-1].slices[0].level1 == pytest.approx(0.0, abs=1e-6)
    assert sum(segment.frames for segment in segments) == RATE
    _, said, segments = run(state, 0.5)
    assert [s.place for s in said] == [R2]
    assert segments[0].slices[0].level0 == 0.0


def test_join_at_the_end_of_a_block_is_made_before_anybody_asks_for_something_else():
    state, _, _ = run(ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY), 59)
    moved = advance(PLAYLIST, state, RATE, ALL)
    assert sum(segment.frames for segment in moved.segments) == RATE
    assert moved.state.place == R2
    for cue in (Ask.NEXT, Ask.PAUSE, Ask.STOP, Ask.GROUND):
        after = advance(PLAYLIST, ask(moved.state, cue), RATE, ALL)
        assert (after.segments[0].slices[0].place, after.segments[0].slices[0].level0) == (R2, 1.0)


@pytest.mark.parametrize("cue", [Ask.GROUND, phase(Phase.INTEGRATION), Ask.NEXT])
def test_what_is_asked_for_in_the_last_moment_of_a_joined_track_comes_after_the_join(cue):
    state, _, _ = run(ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY), 59.9)
    state = ask(advance(PLAYLIST, state, RATE // 10 - 40, ALL).state, cue)
    result = advance(PLAYLIST, state, RATE, ALL)
    last = [s for seg in result.segments for s in seg.slices if s.place == R1][-1]
    first = next(s for seg in result.segments for s in seg.slices if s.place == R2)
    assert (last.level1, first.level0) == (1.0, 1.0)
    assert result.said[0].place == R2
    assert [s.place for s in result.said[1:]] == (
        [] if cue is Ask.NEXT else [G1] if cue is Ask.GROUND else []
    )


def test_joined_track_is_left_for_another_section_with_a_crossfade_before_its_end():
    state, _, _ = run(ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY), 48)
    state, said, segments = run(ask(state, phase(Phase.INTEGRATION)), 13)
    assert [(s.action, s.place) for s in said] == [(MusicAction.STARTED, E1)]
    both = [segment for segment in segments if len(segment.slices) == 2]
    assert sum(segment.frames for segment in both) == 10 * RATE


@pytest.mark.parametrize("cue", [Ask.PAUSE, Ask.STOP])
def test_track_that_ends_while_a_pause_fades_is_faded_too(cue):
    state, _, _ = run(ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY), 59.7)
    state, _, segments = run(ask(state, cue), 0.8)
    assert sum(segment.frames for segment in segments) == round(0.3 * RATE)
    assert segments[-1].slices[0].level1 == pytest.approx(0.0, abs=1e-6)


def test_music_that_ends_before_the_file_does_fades_out():
    state, _, segments = run(ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY), 150)
    assert state.mode is Mode.STOPPED
    assert segments[-1].slices[0].place == R3
    assert segments[-1].slices[0].level1 == pytest.approx(0.0, abs=1e-6)
    assert sum(seg.frames for seg in segments for s in seg.slices if s.place == R3) == 50 * RATE


def test_trimmed_track_is_left_where_its_file_says():
    state = ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY)
    state, _, _ = run(state, 61)
    assert state.place == R2
    state, said, _ = run(ask(state, phase(Phase.INTEGRATION)), 9.2)
    assert [s.place for s in said] == [E1], "20 s into the file are 10 s after its start"


def test_seek_crosses_over_within_the_track_and_says_where():
    state = ask(playing(seconds=10), Cue(Ask.SEEK, at_s=40.0))
    state, said, segments = run(state, 0.1)
    assert [(s.action, s.place, s.at) for s in said] == [(MusicAction.SOUGHT, K1, 40 * RATE)]
    assert len(segments[0].slices) == 2
    assert segments[0].slices[0].level0 + segments[0].slices[1].level0 == pytest.approx(1.0)
    assert state.at == pytest.approx(40 * RATE, abs=RATE // 5)
    assert ask(state, Cue(Ask.SEEK, at_s=-9.0)).pending.at == 0
    near = run(ask(initial(PLAYLIST, Phase.RETURN), Ask.PLAY), 59.5)[0]
    assert near.place == R1
    assert ask(near, Cue(Ask.SEEK, at_s=1.0)) == near
    assert ask(state, Cue(Ask.SEEK, at_s=999.0)).pending.at == 55 * RATE
    assert ask(ask(state, Ask.NEXT), Cue(Ask.SEEK, at_s=1.0)).pending.place == K2


def test_seek_keeps_a_phase_that_waits():
    state = ask(playing(Phase.ONSET, 105), phase(Phase.PEAK))
    assert state.pending is not None
    state, said, _ = run(ask(state, Cue(Ask.SEEK, at_s=5.0)), 21)
    assert [s.action for s in said] == [MusicAction.SOUGHT, MusicAction.STARTED]
    assert state.place == K1


FLAGS = tuple(itertools.product((False, True), repeat=3))
TIMES = (0, 150 * RATE, 900 * RATE)
PHASES = (Phase.PEAK, Phase.ONSET, Phase.RETURN, Phase.INTEGRATION, Phase.DISCHARGE)
BY_TIME, BY_PHASE = (Pending(R1, 20 * RATE, RATE, why=why) for why in (Why.TIME, Why.PHASE))
PENDINGS = (None, Pending(K2, 0, RATE), BY_TIME, BY_PHASE, Pending(K1, 0, RATE, at=RATE))
VOICES = ((), (Voice(1, K1, 10 * RATE, 1.0, 1.0, 0),))
CUES = (
    *(Cue(a) for a in Ask if a not in {Ask.PHASE, Ask.MISSING, Ask.VOLUME}),
    Cue(Ask.SEEK, at_s=30.0),
    *(Cue(Ask.PHASE, phase=p) for p in Phase),
    *(Cue(Ask.MISSING, place=p) for p in (K1, K2, R1)),
)


def states_in(mode):
    """K1 of Peak sounds, or is what grounding came upon; a change that is decided has its phase."""
    for (held, grounded, output), when, time, voices in itertools.product(FLAGS, PHASES, TIMES, VOICES):
        place = G1 if grounded else K1
        sounding = tuple(replace(voice, place=place) for voice in voices)
        for waiting, pending in itertools.product((False, True), PENDINGS):
            moves = pending is not None
            if moves and (grounded or mode is Mode.STOPPED or (held and pending.waits)):
                continue
            if waiting and (held or grounded or mode is Mode.STOPPED or (moves and pending.waits)):
                continue
            if (waiting or pending == BY_PHASE) and when not in (Phase.RETURN, Phase.DISCHARGE):
                continue
            before = CueState(place, when, mode, held, grounded, output, 1, pending, sounding, 1)
            yield replace(before, in_section=time, waiting=waiting)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("cue", CUES, ids=str)
def test_whole_product_with_the_time_of_the_section(mode, cue):
    assert (mode, cue.ask) in RULES
    for before in states_in(mode):
        after, _ = step(PLAYLIST, before, cue)
        promise(after)
        assert after.in_section == (0 if cue.ask is Ask.DOSE else before.in_section)
        check_next(before, after, cue)
        check_earliest(before, after, cue)
        moved = advance(PLAYLIST, after, RATE, ALL)
        promise(moved.state)
        assert sum(segment.frames for segment in moved.segments) <= RATE


def check_next(before, after, cue):
    """A person never waits, and gets what was decided."""
    if cue.ask is not Ask.NEXT or before.mode is Mode.STOPPED:
        return
    assert (after.pending.patience, after.waiting) == (0, False)
    if before.waiting:
        assert after.pending.place == (E1 if before.phase is Phase.DISCHARGE else R1)
    elif before.pending in (BY_TIME, BY_PHASE):
        assert after.pending.place == R1


def check_earliest(before, after, cue):
    """No change onward leaves a young section, whatever came between, but early ends do."""
    late, sounds = before.in_section >= 300 * RATE, before.voices and before.mode is not Mode.STOPPED
    heard = before.in_section > 0 and before.mode is not Mode.STOPPED
    wants = after.phase is Phase.RETURN and not after.stay
    if cue.ask is Ask.RELEASE and before.held and wants and sounds:
        assert after.waiting is not late
        assert (after.pending is None or after.pending.place.section == 1) is not late
    if cue.ask is Ask.RETURN and before.grounded and wants and heard:
        assert after.waiting is not late
        assert after.pending.place == (R1 if late else K1)
    if cue.ask is Ask.PHASE and after.waiting:
        assert (not late and wants) or (before.waiting and cue.phase is Phase.DISCHARGE)
    if cue.ask is Ask.RELEASE and before.held and after.phase is Phase.INTEGRATION and not before.grounded:
        assert (after.place if after.pending is None else after.pending.place) == E1


def promise(state):
    assert not (state.waiting and state.stay)
    assert not (state.stay and state.pending and state.pending.waits)
    assert not (state.mode is Mode.STOPPED and (state.pending or state.waiting))
    assert state.pending is None or state.pending.at is None or state.pending.place == state.place
    assert len({place.section for place in state.left}) == len(state.left)
    assert state.in_section >= 0


ASKS = st.one_of(
    st.sampled_from([a for a in Ask if a not in {Ask.PHASE, Ask.MISSING, Ask.VOLUME}]).map(Cue),
    st.sampled_from(Phase).map(phase),
    st.floats(-10, 99).map(lambda s: Cue(Ask.SEEK, at_s=s)),
    st.sampled_from(sorted(ALL)).map(lambda p: Cue(Ask.MISSING, place=p)),
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(ASKS, st.integers(0, 90 * RATE), st.booleans()), max_size=20), st.sampled_from(Phase)
)
def test_any_session_is_continuous(events, first):
    """A voice begins at silence, or where another has just ended; it is never cut off."""
    state = ask(initial(PLAYLIST, first))
    level: dict[int, float] = {}
    at: dict[int, int] = {}
    where: dict[int, Place] = {}
    for cue, frames, all_ready in events:
        state, _ = step(PLAYLIST, state, cue)
        promise(state)
        level = {v: lv for v, lv in level.items() if where[v] not in state.missing}
        result = advance(PLAYLIST, state, frames, ALL if all_ready else frozenset())
        for segment in result.segments:
            now = {s.voice: s for s in segment.slices}
            ended = {v for v, lv in level.items() if v not in now and lv > 1e-6}
            assert all(at[v] == track_frames(PLAYLIST, where[v]) for v in ended), "a voice was cut off"
            for voice, s in now.items():
                assert s.at == at.get(voice, s.at)
                joined = voice not in level and s.level0 == 1.0 and len(ended) == 1
                assert joined or s.level0 == pytest.approx(level.get(voice, 0.0))
            at = {v: s.at + segment.frames for v, s in now.items()}
            where = {v: s.place for v, s in now.items()}
            level = {v: s.level1 for v, s in now.items()}
        state = result.state
        promise(state)
