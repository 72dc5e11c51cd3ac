"""Files and threads that fail in ways that nobody foresaw: the track is named, and the music goes on."""

import threading
import time

import pytest
from music_parts import Rig, noise, playlist

import playlists.check
from kapmonitor.session.events import Phase
from playlists.course import Mode
from playlists.model import Playlist, Section
from playlists.sound import stereo
from ui.music.decoder import Stream
from ui.music.player import NO_ANSWER, Player

UNFORESEEN = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture
def rig():
    made = []

    def make(playlist_, phase=Phase.PEAK):
        made.append(Rig(playlist_, phase))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def decoding(monkeypatch):
    """Lets a test put its own work before each piece of a file that is decoded: (name, count) to None."""

    def put(work):
        counts = {}

        def piece(frames):
            name = threading.current_thread().name.removeprefix("music ").removesuffix(".flac")
            counts[name] = counts.get(name, 0) + 1
            work(name, counts[name])
            return stereo(frames)

        monkeypatch.setattr("ui.music.decoder.stereo", piece)

    return put


def tick_until(r, condition, limit_s=20.0):
    """As the rig's own, without waiting for a track that never comes."""
    end = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end, (r.actions(), r.engine.state)
        r.tick()
        time.sleep(0.002)


def raises(wanted, at=1):
    def work(name, count):
        if name == wanted and count >= at:
            raise TypeError("nobody foresaw this")

    return work


@UNFORESEEN
def test_decoder_that_fails_before_a_track_begins_costs_that_track_alone(rig, tmp_path, decoding, caplog):
    decoding(raises("k1"))
    r = rig(playlist(tmp_path))
    r.engine.toggle(r.now_ns)
    tick_until(r, lambda: ("started", "k2") in r.actions())
    assert ("missing", "k1") in r.actions()
    assert r.view.trouble.startswith("k1 left out: k1.flac cannot be read")
    assert r.now_ns < 4_000_000_000, "and not after a silence"
    caplog.clear()


@UNFORESEEN
def test_decoder_that_fails_over_the_next_track_costs_that_track_alone(rig, tmp_path, decoding, caplog):
    decoding(raises("k2"))
    r = rig(playlist(tmp_path))
    r.engine.toggle(r.now_ns)
    tick_until(r, lambda: [a for a in r.actions() if a[0] == "started"] == [("started", "k1")] * 2)
    assert [a for a in r.actions() if a[0] == "missing"] == [("missing", "k2")]
    caplog.clear()


@UNFORESEEN
def test_decoder_that_fails_in_the_middle_of_a_track_costs_the_rest_of_it(rig, tmp_path, decoding, caplog):
    decoding(raises("k1", at=4))
    r = rig(playlist(tmp_path))
    r.engine.toggle(r.now_ns)
    tick_until(r, lambda: ("started", "k2") in r.actions())
    assert ("missing", "k1") in r.actions()
    assert "k1 left out" in r.view.trouble
    caplog.clear()


@UNFORESEEN
def test_decoder_that_fails_over_all_tracks_says_that_none_can_be_played(rig, tmp_path, decoding, caplog):
    def work(name, count):
        raise TypeError("nobody foresaw this")

    decoding(work)
    r = rig(playlist(tmp_path))
    r.engine.toggle(r.now_ns)
    tick_until(r, lambda: r.engine.state.mode is Mode.STOPPED)
    assert {a for a in r.actions() if a[0] == "missing"} == {("missing", n) for n in ("k1", "k2", "r1", "g1")}
    caplog.clear()


def test_track_that_never_comes_is_the_one_that_is_left_out(rig, tmp_path, decoding):
    never = threading.Event()
    decoding(lambda name, count: never.wait(30.0) if name == "k2" else None)
    try:
        r = rig(playlist(tmp_path))
        r.engine.toggle(r.now_ns)
        tick_until(r, lambda: any(a[0] == "missing" for a in r.actions()))
        assert [a for a in r.actions() if a[0] == "missing"] == [("missing", "k2")]
    finally:
        never.set()


def test_track_that_cannot_even_be_opened_is_left_out_once_it_is_waited_for(
    rig, tmp_path, monkeypatch, caplog
):
    def opened(track, *more):
        if track.title == "k2":
            raise RuntimeError("can't start new thread")
        return Stream(track, *more)

    monkeypatch.setattr("ui.music.shelf.Stream", opened)
    r = rig(playlist(tmp_path))
    r.engine.toggle(r.now_ns)
    tick_until(r, lambda: ("missing", "k2") in r.actions())
    assert ("started", "k1") in r.actions()
    assert ("missing", "k1") not in r.actions()
    assert len([r for r in caplog.records if r.name == "ui.music.engine"]) == 1
    tick_until(r, lambda: r.actions().count(("started", "k1")) == 2)
    caplog.clear()


def test_grounding_that_breaks_off_goes_back_and_the_session_is_followed(rig, tmp_path):
    p = playlist(tmp_path)
    noise(tmp_path / "g1.flac", 20.0)  # it breaks off beyond what is read ahead
    whole = (tmp_path / "g1.flac").read_bytes()
    (tmp_path / "g1.flac").write_bytes(whole[: len(whole) * 3 // 4])
    r = rig(p)
    r.engine.toggle(r.now_ns)
    r.play(2.0)
    r.engine.toggle_ground(r.now_ns)
    tick_until(r, lambda: ("started", "k2") in r.actions())
    assert [a for a, _ in r.actions() if a != "at"] == ["started", "started", "missing", "started"]
    assert (r.view.mode, r.view.grounded) == (Mode.PLAYING, False)
    assert "g1 left out" in r.view.trouble
    r.engine.follow(Phase.RETURN, r.now_ns)
    tick_until(r, lambda: ("started", "r1") in r.actions())


def test_what_went_away_while_nothing_played_is_passed_over_at_play(rig, tmp_path):
    p = playlist(tmp_path)
    (tmp_path / "g1.flac").unlink()
    r = rig(p)
    r.tick()
    (tmp_path / "k1.flac").unlink()
    noise(tmp_path / "g1.flac", 4.0)
    r.engine.toggle(r.now_ns)
    tick_until(r, lambda: ("started", "k2") in r.actions())
    assert r.actions()[:2] == [("missing", "g1"), ("missing", "k1")]
    assert "k1 left out" in r.view.trouble
    assert r.view.can_ground, "what came back may be played again"


def test_play_before_the_first_tick_does_not_wait_for_ever(rig, tmp_path, decoding):
    never = threading.Event()
    decoding(lambda name, count: never.wait(30.0) if name == "k1" else None)
    try:
        r = rig(playlist(tmp_path))
        r.engine.toggle(r.now_ns)
        tick_until(r, lambda: ("started", "k2") in r.actions())
        assert ("missing", "k1") in r.actions()
    finally:
        never.set()


def test_file_that_cannot_even_be_looked_at_costs_that_one_alone(qtbot, tmp_path, monkeypatch, caplog):
    real = playlists.check.look

    def look(path, *, pinned):
        if path.stem == "k1":
            raise TypeError("nobody foresaw this")
        return real(path, pinned=pinned)

    monkeypatch.setattr("playlists.check.look", look)
    monkeypatch.setattr("ui.music.player.has_outputs", lambda: False)
    p = playlist(tmp_path)
    (tmp_path / "r1.flac").unlink()
    reports = []
    player = Player(p, reports.append, time.monotonic_ns, silent=True, phase=Phase.PEAK)
    player.start()
    player.toggle(5)
    qtbot.waitUntil(lambda: player.view().at_s > 0.1, timeout=20_000)
    assert player.view().duration_s == 4.0
    player.close()
    actions = [(r.music.action, r.music.title) for r in reports]
    assert actions[:3] == [("missing", "k1"), ("missing", "r1"), ("started", "k2")]
    assert "the music files could not be looked at together" in caplog.text
    caplog.clear()


def test_player_that_cannot_begin_says_so(qtbot, tmp_path, monkeypatch, caplog):
    def fails():
        raise TypeError("nobody foresaw this")

    monkeypatch.setattr("ui.music.player.has_outputs", fails)
    tracks = (noise(tmp_path / "a.flac", 2.0),)
    player = Player(
        Playlist("t", (Section("Peak", tracks, (Phase.PEAK,)),)), [].append, time.monotonic_ns, silent=True
    )
    player.start()
    qtbot.waitUntil(lambda: not player.view().checking, timeout=20_000)
    assert "The music player cannot begin" in player.view().trouble
    ticked = player._ticked_ns
    qtbot.waitUntil(lambda: player._ticked_ns > ticked, timeout=20_000)
    assert player.view().trouble != NO_ANSWER
    player.close()
    caplog.clear()
