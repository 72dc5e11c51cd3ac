"""Edits of a playlist: undone exactly, never beyond what may be written, saved and read again."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from kapmonitor.errors import ConfigError
from kapmonitor.session.events import Phase
from playlists import edits, history, keeping, store, totals
from playlists.course import RATE, Ask, Cue
from playlists.cues import initial, step
from playlists.model import After, Loudness, Place, Playlist, Section, Track
from playlists.problems import Found
from playlists.seen import with_seen
from playlists.tape import advance
from playlists.xspf import text

WORDS = st.text(max_size=12)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-100, 100_000)
FILE = st.sampled_from(["rain.flac", "Дождь.mp3", "雨.ogg", "مطر.opus", "ฝน.wav", "a:b #1 50%.flac"])
TRACKS = st.builds(
    lambda name, title, seconds: Track(Path("/music") / name, title, seconds),
    FILE,
    st.sampled_from(["Rain", "Дождь", "雨", "مطر"]),
    st.integers(0, 600).map(float),
)


class Editing(RuleBasedStateMachine):
    """Any edits in any order."""

    def __init__(self):
        super().__init__()
        self.history = history.History(edits.UNTITLED)
        self.seen = [edits.UNTITLED]

    @property
    def now(self):
        return self.history.now

    def do(self, playlist):
        before = self.now
        self.history = history.did(self.history, playlist)
        if playlist != before:
            assert history.undone(self.history).now == before
            assert history.redone(history.undone(self.history)) == self.history

    def any_section(self, data):
        count = len(self.now.sections)
        return data.draw(st.integers(0, count - 1)) if count else None

    def any_place(self, data):
        places = self.now.places()
        return data.draw(st.sampled_from(places)) if places else None

    @rule(data=st.data(), name=WORDS)
    def add_section(self, data, name):
        self.do(edits.add_section(self.now, data.draw(st.integers(0, len(self.now.sections))), name))

    @rule(data=st.data())
    def drop_section(self, data):
        number = self.any_section(data)
        if number is not None:
            self.do(edits.drop_section(self.now, number))

    @rule(data=st.data(), to=st.integers(-2, 9))
    def move_section(self, data, to):
        number = self.any_section(data)
        if number is not None:
            fresh = edits.move_section(self.now, number, to)
            assert sorted(map(repr, fresh.sections)) == sorted(map(repr, self.now.sections))
            self.do(fresh)

    @rule(data=st.data(), name=WORDS, earliest=NUMBERS, latest=st.none() | NUMBERS, on=st.booleans())
    def set_section(self, data, name, earliest, latest, on):
        number = self.any_section(data)
        if number is None:
            return
        phases = tuple(data.draw(st.sets(st.sampled_from(Phase))))
        for change in (
            lambda p: edits.rename(p, number, name),
            lambda p: edits.bind(p, number, phases, on=on),
            lambda p: edits.set_after(p, number, data.draw(st.sampled_from(After))),
            lambda p: edits.set_earliest(p, number, earliest),
            lambda p: edits.set_latest(p, number, latest),
            lambda p: edits.ground(p, number, on=on),
        ):
            if data.draw(st.booleans()):
                self.do(change(self.now))

    @rule(data=st.data(), tracks=st.lists(TRACKS, min_size=1, max_size=3))
    def insert(self, data, tracks):
        number = self.any_section(data)
        at = Place(number or 0, data.draw(st.integers(0, 4)))
        self.do(edits.insert(self.now, at, tuple(tracks)))

    @rule(data=st.data())
    def drop(self, data):
        place = self.any_place(data)
        if place is not None:
            self.do(edits.drop(self.now, place))

    @rule(data=st.data())
    def move(self, data):
        place = self.any_place(data)
        if place is None:
            return
        section = self.any_section(data)
        to = Place(section, data.draw(st.integers(0, len(self.now.sections[section].tracks))))
        fresh, at = edits.move(self.now, place, to)
        assert fresh.track(at) is self.now.track(place)
        assert len(fresh.places()) == len(self.now.places())
        self.do(fresh)

    @rule(data=st.data(), by=st.sampled_from([-1, 1]))
    def step(self, data, by):
        place = self.any_place(data)
        to = None if place is None else edits.neighbour(self.now, place, by)
        if to is not None:
            fresh, at = edits.move(self.now, place, to)
            assert at != place
            back, again = edits.move(fresh, at, edits.neighbour(fresh, at, -by))
            assert (back, again) == (self.now, place)
            self.do(fresh)

    @rule(data=st.data(), title=WORDS, gain=NUMBERS, start=NUMBERS, end=st.none() | NUMBERS, fade=NUMBERS)
    def change(self, data, title, gain, start, end, fade):
        place = self.any_place(data)
        if place is not None:
            track = self.now.track(place)
            other = replace(track, title=title, gain_db=gain, start_s=start, end_s=end, fade_s=fade)
            self.do(edits.change(self.now, place, other))

    @rule(title=WORDS, fade=NUMBERS)
    def set_list(self, title, fade):
        self.do(edits.set_crossfade(edits.retitle(self.now, title), fade))

    @rule()
    def undo(self):
        self.history = history.undone(self.history)

    @rule()
    def redo(self):
        self.history = history.redone(self.history)

    @invariant()
    def what_can_be_written_is_read_again(self):
        whole = edits.without_empty(self.now)
        if not whole.sections or all(section.grounding for section in whole.sections):
            return
        data = text(whole, Path("/music")).encode()
        again, mistakes = store._foreign(data, Path("/music/x.xspf"))
        assert not mistakes
        assert again == whole

    @invariant()
    def totals_add_up(self):
        for number, section in enumerate(self.now.sections):
            length = totals.section_length(self.now, number)
            assert 0 <= length.seconds <= sum(track.played_s for track in section.tracks) + 1e-6
            assert length.unknown == sum(track.played_s == 0 for track in section.tracks)

    def teardown(self):
        states = [self.history]
        while states[-1].past:
            states.append(history.undone(states[-1]))
        for later in reversed(states[:-1]):
            states.append(history.redone(states[-1]))
            assert states[-1] == later


Editing.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestEditing = Editing.TestCase


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(2, 40), st.sampled_from([None, 0.0, 1.5, 6.0]), st.integers(0, 8)),
        min_size=1,
        max_size=4,
    )
)
@example([(9, None, 0), (2, None, 0)])
def test_a_sections_length_is_what_is_heard_of_it(kinds):
    """Played by the cue machine itself, frame by frame, until it falls silent."""
    tracks = tuple(
        Track(Path(f"{n}.flac"), str(n), 1.0 + seconds, start_s=min(start / 8, seconds), fade_s=fade)
        for n, (seconds, fade, start) in enumerate(kinds)
    )
    playlist = Playlist("x", (Section("Peak", tracks, (Phase.PEAK,), After.STOP),), crossfade_s=4.0)
    state = initial(playlist, Phase.PEAK, frozenset())
    state, _ = step(playlist, state, Cue(Ask.OUTPUT_BACK))
    state, _ = step(playlist, state, Cue(Ask.PLAY))
    heard = 0
    for _ in range(400):
        moved = advance(playlist, state, RATE, frozenset(playlist.places()))
        heard += sum(segment.frames for segment in moved.segments)
        state = moved.state
        if not state.voices:
            break
    expected = totals.section_length(playlist, 0).seconds
    assert heard / RATE == pytest.approx(expected, abs=0.1 * len(tracks))


LIST = Playlist(
    "Evening",
    (
        Section("Settle", (Track(Path("/m/a.flac"), "A", 60.0),), (Phase.BASELINE,)),
        Section("Peak", (Track(Path("/m/b.flac"), "B", 60.0), Track(Path("/m/c.flac"), "C")), (Phase.PEAK,)),
        Section("Ground", (Track(Path("/m/g.flac"), "G", 30.0),), grounding=True),
    ),
)


def test_the_whole_is_all_but_the_grounding_section_and_says_what_it_does_not_know():
    assert totals.whole_length(LIST) == totals.Length(120.0, 1)


@pytest.mark.parametrize(
    ("seconds", "more", "expected"),
    [
        (600, {}, totals.Fit.FITS),
        (600, {"earliest_s": 900.0}, totals.Fit.FITS),
        (600, {"earliest_s": 900.0, "after": After.NEXT}, totals.Fit.SHORT),
        (600, {"earliest_s": 600.0, "after": After.STOP}, totals.Fit.FITS),
        (600, {"latest_s": 599.0}, totals.Fit.CUT),
        (600, {"latest_s": 600.0}, totals.Fit.FITS),
    ],
)
def test_whether_a_sections_music_is_as_long_as_it_is_meant_to_last(seconds, more, expected):
    section = replace(LIST.sections[0], **more)
    assert totals.fit(section, totals.Length(seconds)) is expected
    assert totals.fit(section, totals.Length(seconds, 1)) is totals.Fit.FITS
    assert totals.fit(replace(section, tracks=()), totals.Length()) is totals.Fit.EMPTY


def test_a_phase_belongs_to_the_section_that_had_it_last():
    moved = edits.bind(LIST, 0, (Phase.PEAK,), on=True)
    assert [section.phases for section in moved.sections] == [(Phase.BASELINE, Phase.PEAK), (), ()]
    moved = edits.ground(moved, 1, on=True)
    assert [section.grounding for section in moved.sections] == [False, True, False]


def test_what_the_files_say_is_filled_in_and_a_changed_file_changes_nothing():
    pinned = edits.change(LIST, Place(0, 0), replace(LIST.track(Place(0, 0)), sha256="0" * 64))
    found = {
        Path("/m/a.flac"): Found(99.0, "1" * 64),
        Path("/m/c.flac"): Found(45.0, "2" * 64),
        Path("/m/g.flac"): Found(problem="g.flac is not there"),
    }
    pins = {Path("/m/a.flac"): "1" * 64, Path("/m/c.flac"): "2" * 64}
    seen = with_seen(pinned, found, {"2" * 64: Loudness(-20.0, -1.0)}, pins)
    assert seen.track(Place(0, 0)) == pinned.track(Place(0, 0))
    assert seen.track(Place(2, 0)) == pinned.track(Place(2, 0))
    track = seen.track(Place(1, 1))
    assert (track.duration_s, track.sha256, track.loudness) == (45.0, "2" * 64, Loudness(-20.0, -1.0))


def test_a_file_that_changed_since_it_was_looked_at_stays_pinned_as_it_was_and_as_loud():
    pins, loud = {Path("/m/c.flac"): "2" * 64}, {"2" * 64: Loudness(-40.0, -20.0)}
    before = with_seen(LIST, {Path("/m/c.flac"): Found(45.0, "2" * 64)}, loud, pins)
    for found in ({Path("/m/c.flac"): Found(50.0, "3" * 64)}, {}):
        track = with_seen(before, found, loud, pins).track(Place(1, 1))
        assert track == before.track(Place(1, 1))
    unpinned = with_seen(LIST, {Path("/m/c.flac"): Found(50.0, "3" * 64)}, loud, pins).track(Place(1, 1))
    assert (unpinned.sha256, unpinned.loudness) == ("2" * 64, Loudness(-40.0, -20.0))


# The file


def test_it_is_saved_and_read_again_and_saved_again(tmp_path):
    path = tmp_path / "Вечер 夜.xspf"
    stamp = keeping.save(path, LIST, keeping.NOT_THERE)
    opened = keeping.open_list(path)
    assert opened == keeping.Opened(LIST, path, stamp)
    again = keeping.save(path, edits.retitle(LIST, "Night"), stamp)
    assert keeping.open_list(path).stamp == again != stamp


def test_a_file_changed_since_is_not_written_over(tmp_path):
    path = tmp_path / "x.xspf"
    stamp = keeping.save(path, LIST, keeping.NOT_THERE)
    theirs = path.read_text("utf-8").replace("Evening", "Theirs")
    path.write_text(theirs, "utf-8")
    for expected in (stamp, keeping.NOT_THERE):
        with pytest.raises(ConfigError, match=r"x.xspf: .*somebody changed it since"):
            keeping.save(path, LIST, expected)
    assert path.read_text("utf-8") == theirs
    path.unlink()
    with pytest.raises(ConfigError, match="changed it since"):
        keeping.save(path, LIST, stamp)


def test_the_old_one_stays_where_the_new_one_cannot_be_written(tmp_path, monkeypatch):
    path = tmp_path / "x.xspf"
    stamp = keeping.save(path, LIST, keeping.NOT_THERE)
    before = path.read_bytes()

    def full(_file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kapmonitor.durable.os.fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        keeping.save(path, edits.retitle(LIST, "Night"), stamp)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.xspf"]


@pytest.mark.parametrize(
    ("playlist", "said"),
    [
        (edits.UNTITLED, "at least one track"),
        (edits.add_section(edits.UNTITLED, 0, "Peak"), "at least one track"),
        (replace(LIST, sections=LIST.sections[2:]), "not for grounding"),
        (
            edits.insert(LIST, Place(0, 0), (Track(Path("/m/two\nlines.flac"), "A"),)),
            r"Settle, track 1 \(A\), file: .*line break",
        ),
        (edits.insert(LIST, Place(0, 0), LIST.sections[0].tracks * 2001), "at most 2000"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(tmp_path, playlist, said):
    with pytest.raises(ConfigError, match=said):
        keeping.save(tmp_path / "x.xspf", playlist, keeping.NOT_THERE)
    assert not any(tmp_path.iterdir())


def test_empty_sections_are_not_written(tmp_path):
    path = tmp_path / "x.xspf"
    keeping.save(path, edits.add_section(LIST, 1, "Ascent"), keeping.NOT_THERE)
    assert keeping.open_list(path).playlist == LIST


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.m3u8", "#EXTM3U\nrain.flac\n"),
        ("x.pls", "[playlist]\nFile1=rain.flac\n"),
        ("x.toml", 'title="x"\n[[section]]\nname="x"\n[[section.track]]\nfile="rain.flac"\n'),
        (
            "x.xspf",
            '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>'
            "<location>rain.flac</location><annotation>theirs</annotation></track></trackList></playlist>",
        ),
    ],
)
def test_what_is_not_ours_is_read_and_not_written_over(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    opened = keeping.open_list(path)
    assert opened.path is None
    assert [track.path for track in opened.playlist.sections[0].tracks] == [tmp_path / "rain.flac"]
    assert keeping.suggested(path) == tmp_path / "x.xspf"


def test_a_copy_of_the_example_is_no_example():
    opened = keeping.open_list(store.example_path())
    assert opened.path is None
    assert not opened.playlist.example


def test_a_long_folder_is_one_list(tmp_path):
    playlist = edits.insert(
        edits.UNTITLED, Place(0, 0), tuple(Track(Path(f"/m/{n}.mp3"), str(n)) for n in range(500))
    )
    keeping.save(tmp_path / "x.xspf", playlist, keeping.NOT_THERE)
    assert len(keeping.open_list(tmp_path / "x.xspf").playlist.places()) == 500
