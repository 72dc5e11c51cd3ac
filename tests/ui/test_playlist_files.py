"""The playlist editor and files that change while it is open: which one is meant, and how loud it is."""

from editor_parts import CTRL, Desk, K, saved, sound

from playlists import check, edits, keeping, library
from playlists.check import fingerprint
from playlists.gather import gathered
from playlists.model import Place, Track
from ui.playlist import wording

CHANGED = "a.flac is not the file that the playlist names: it was changed or replaced"


def add(desk, *paths):
    """As if these were dropped on the list."""
    tracks = gathered(library.look(path) for path in paths).tracks
    desk.work.do(edits.insert(desk.now, Place(0, 0), tracks))
    desk.settle()


def test_a_file_changed_since_it_was_measured_is_named_and_is_not_as_loud_as_the_one_before(qtbot, tmp_path):
    desk, path, place = Desk(qtbot, tmp_path), sound(tmp_path / "a.flac"), Place(0, 0)
    add(desk, path)
    desk.press((K.Key_M, CTRL))
    desk.work.save(tmp_path / "x.xspf")
    desk.settle()
    before = desk.work.playlist.track(place)
    sound(path, 2.5, hz=3000.0)
    desk.press(K.Key_F5)
    assert desk.page.rows[1].trouble == CHANGED
    desk.work.do(edits.retitle(desk.now, "Another title"))
    desk.work.save()
    desk.settle()
    assert keeping.open_list(tmp_path / "x.xspf").playlist.track(place) == before
    desk.work.undo()
    desk.settle()
    assert desk.page.rows[1].trouble == CHANGED
    desk.press((K.Key_M, CTRL))
    assert desk.page.foot().said == wording.NONE_TO_MEASURE
    desk.page.choose(1)
    desk.press((K.Key_K, CTRL))
    assert desk.page.rows[1].trouble == ""
    assert desk.work.playlist.track(place).loudness is None
    desk.press((K.Key_M, CTRL))
    after = desk.work.playlist.track(place)
    assert after.sha256 == fingerprint(path) != before.sha256
    assert after.loudness.lufs > before.loudness.lufs + 2
    desk.work.undo()
    desk.settle()
    assert desk.page.rows[1].trouble == CHANGED
    assert desk.work.playlist.track(place) == before


def test_a_list_saved_while_its_files_are_looked_at_again_keeps_what_it_names(qtbot, tmp_path, monkeypatch):
    desk, path = Desk(qtbot, tmp_path), sound(tmp_path / "a.flac")
    add(desk, path)
    monkeypatch.setattr(desk.work, "look", lambda: None)
    desk.work.look_again()
    desk.work.save(tmp_path / "x.xspf")
    desk.settle()
    assert keeping.open_list(tmp_path / "x.xspf").playlist.track(Place(0, 0)).sha256 == fingerprint(path)


def test_a_file_changed_since_it_was_looked_at_is_not_measured_for_the_one_before(qtbot, tmp_path):
    desk, one = Desk(qtbot, tmp_path), sound(tmp_path / "a.flac")
    add(desk, one, sound(tmp_path / "b.flac", hz=300.0))
    sound(one, 2.5, hz=3000.0)
    desk.press((K.Key_M, CTRL))
    assert desk.page.foot().said == (
        "Not measured: 1, such as a.flac was changed or replaced meanwhile; its loudness was not measured"
    )
    measured = [desk.work.playlist.track(place).loudness for place in desk.now.places()]
    assert [loudness is None for loudness in measured] == [True, False]


def test_a_file_at_which_the_program_fails_keeps_no_other_from_being_looked_at(
    qtbot, tmp_path, monkeypatch, caplog
):
    """Not even one whose name makes the decoder fail, or a bug of ours."""
    listed = saved(tmp_path)
    good = check.duration_s

    def failing(path):
        if path.stem == "Lamplight":
            raise RuntimeError("a bug")
        return good(path)

    monkeypatch.setattr(check, "duration_s", failing)
    desk = Desk(qtbot, tmp_path, path=listed)
    troubles = [row.trouble for row in desk.page.rows if row.track is not None]
    assert troubles[0].startswith("Lamplight.flac cannot be looked at: the program has failed (RuntimeError")
    assert troubles[1:] == [""] * 5
    raw = tmp_path / "x.raw"
    raw.write_bytes(bytes(9_000))
    desk.work.do(edits.insert(desk.now, Place(0, 0), (Track(raw, "x"),)))
    desk.settle()
    assert desk.page.rows[1].trouble == "x.raw cannot be read as music; it is damaged, or something else"
    caplog.clear()
