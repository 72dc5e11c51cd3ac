"""The playlist editor: keys, drags, files that are not as they were, saving, what is asked first."""

import os
import sys
import time
from pathlib import Path

import pytest
from editor_parts import ALT, CTRL, SHIFT, Desk, K, playlist, saved, sound
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playlists import edits, keeping
from playlists.model import After, Place, Track
from ui.playlist import wording
from ui.playlist.browse import BrowsePage
from ui.playlist.rows import place_at, row_of, rows, section_at
from ui.question.page import QuestionPage
from ui.screenshot import render

SHOWN = [
    "[Settle]", "Lamplight", "Тихая вода", "[Peak]", "雨の庭", "Wide Water", "ضوء طويل", "[Ground]", "Stone",
]  # fmt: skip


@pytest.fixture
def desk(qtbot, tmp_path):
    return Desk(qtbot, tmp_path, path=saved(tmp_path))


def test_a_list_is_shown_with_its_times(desk):
    assert desk.titles() == SHOWN
    assert [row.right for row in desk.page.rows][:4] == ["0:04", "0:02", "0:03", "0:07"]
    assert desk.page.head().total == "0:12 in all"
    assert not desk.page.head().unsaved
    assert not any(row.trouble for row in desk.page.rows)


# Keys


def test_a_track_goes_up_and_down_and_into_the_next_section(desk):
    desk.press(K.Key_Down, K.Key_Down, (K.Key_Down, ALT))
    assert desk.titles()[1:5] == ["Lamplight", "[Peak]", "Тихая вода", "雨の庭"]
    assert desk.page.row.title == "Тихая вода"
    desk.press((K.Key_Up, ALT), (K.Key_Up, ALT))
    assert desk.titles()[:4] == ["[Settle]", "Тихая вода", "Lamplight", "[Peak]"]
    desk.press((K.Key_Z, CTRL), (K.Key_Z, CTRL), (K.Key_Z, CTRL))
    assert desk.titles() == SHOWN
    assert not desk.work.is_unsaved
    desk.press((K.Key_Z, CTRL | SHIFT))
    assert desk.titles()[3] == "Тихая вода"


def test_sections_are_added_named_moved_and_removed(desk):
    desk.press((K.Key_Down, CTRL), (K.Key_N, CTRL))
    desk.type("Ascent")
    desk.press(K.Key_Return, K.Key_Escape)
    assert desk.titles()[-3:] == ["[Ascent]", "[Ground]", "Stone"]
    assert desk.page.row.right == wording.NO_TRACKS
    desk.press((K.Key_Up, ALT))
    assert desk.titles()[3:5] == ["[Ascent]", "[Peak]"]
    desk.press(K.Key_Delete)
    assert desk.titles() == SHOWN


def test_the_ends_and_the_sections_are_one_key_away(desk):
    desk.press(K.Key_End)
    assert desk.page.row.title == "Stone"
    desk.press((K.Key_Up, CTRL), (K.Key_Up, CTRL))
    assert desk.page.row.title == "Peak"
    desk.press(K.Key_Home, K.Key_Up)
    assert desk.page.row.title == "Settle"


def test_a_track_is_changed_without_a_mouse(desk):
    desk.press(K.Key_Down, K.Key_Return)
    desk.type("Lamp")
    desk.press(K.Key_Tab)
    desk.type("-3,5")
    desk.press(K.Key_Tab)
    desk.type("0")
    desk.press(K.Key_Tab)
    desk.type("0:00.25")
    desk.press(K.Key_Tab)
    desk.type("1.75")
    desk.press(K.Key_Return, K.Key_Escape)
    track = desk.now.track(Place(0, 0))
    assert (track.title, track.gain_db, track.fade_s, track.start_s, track.end_s) == (
        "Lamp", -3.5, 0.0, 0.25, 1.75,
    )  # fmt: skip
    assert desk.page.rows[1].about == "−3.5 dB · 0:00.25–0:01.75 · joined to the next"
    assert len(desk.work.history.past) == 5
    assert desk.page.list.hasFocus()


@pytest.mark.parametrize(
    ("tabs", "text", "said"),
    [
        (1, "12", "from -30 to 6"),
        (1, "loud", "a number"),
        (2, "61", "from 0 to 60"),
        (3, "4:3x", "such as 4:30"),
        (4, "0:00.5", "later than where it begins"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(desk, tabs, text, said):
    desk.press(K.Key_Down, K.Key_Return, *[K.Key_Tab] * tabs)
    desk.type(text)
    desk.press(K.Key_Return)
    assert said in desk.page.foot().said
    assert desk.page.foot().amber
    assert desk.now == desk.work.history.saved
    assert desk.focus.text() != text


def test_a_section_says_how_long_its_music_is_beside_how_long_it_is_meant_to_last(desk):
    desk.press((K.Key_Down, CTRL), K.Key_Return)
    fields = desk.page.fields
    QTest.mouseClick(fields.afters[After.NEXT], Qt.MouseButton.LeftButton)
    fields.lines["earliest"].setFocus()
    desk.type("20:00")
    desk.press(K.Key_Return)
    fields.lines["latest"].setFocus()
    desk.type("40:00")
    desk.press(K.Key_Return)
    row = desk.page.rows[3]
    assert row.about == "meant to last 20:00 to 40:00 · peak · goes on by itself"
    assert row.trouble == "ends too early"
    section = desk.now.sections[1]
    assert (section.after, section.earliest_s, section.latest_s) == (After.NEXT, 1200.0, 2400.0)


def test_a_phase_is_given_to_another_section_by_its_button(desk):
    desk.press(K.Key_Return)
    QTest.mouseClick(desk.page.fields.parts[2], Qt.MouseButton.LeftButton)
    assert desk.page.rows[0].about.startswith("settle, peak · ")
    assert desk.page.rows[3].about.startswith(wording.NO_PHASE)


def test_esc_lets_go_of_what_was_typed(desk):
    desk.press(K.Key_Down, K.Key_Return)
    desk.type("another")
    desk.press(K.Key_Escape)
    assert desk.titles() == SHOWN
    assert desk.page.fields.lines["title"].text() == "Lamplight"
    assert not desk.work.history.past


def test_what_is_being_typed_is_kept_by_whatever_comes_next(desk, tmp_path):
    desk.press(K.Key_Down, K.Key_Return)
    desk.type("Lamp")
    desk.press((K.Key_S, CTRL))
    assert keeping.open_list(tmp_path / "evening.xspf").playlist.track(Place(0, 0)).title == "Lamp"
    assert not desk.work.is_unsaved
    desk.focus.selectAll()
    desk.type("Light")
    desk.press(K.Key_Down)
    assert desk.titles()[1:3] == ["Light", "Тихая вода"]
    assert desk.focus.text() == "Тихая вода"
    desk.press(K.Key_Tab)
    desk.type("loud")
    desk.press((K.Key_S, CTRL))
    assert "a number" in desk.page.foot().said
    assert desk.work.is_unsaved


def test_the_list_has_a_title_and_a_fade_of_its_own(desk):
    desk.press((K.Key_T, CTRL))
    desk.type("Night music")
    desk.press(K.Key_Tab)
    desk.focus.selectAll()
    desk.type("0")
    desk.press(K.Key_Return)
    assert "from 0.1 to 60" in desk.page.foot().said
    desk.focus.selectAll()
    desk.type("8")
    desk.press(K.Key_Return, K.Key_Escape)
    assert desk.page.head().title == "Night music"
    assert desk.now.crossfade_s == 8.0
    assert desk.page.list.hasFocus()
    desk.press(K.Key_Down)
    assert desk.page.fields.file.text().endswith("Lamplight.flac")


# Dragging


def drop_on(desk, data, row, *, lower=False):
    """As a window system does it: enter, move, drop."""
    at = desk.page.list
    box = at.box(row)
    where = QPointF(box.center().x(), box.top() + box.height() * (0.8 if lower else 0.2))
    actions, button = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(where.toPoint(), actions, data, button, plain)
    entered.ignore()
    QApplication.sendEvent(at, entered)
    if not entered.isAccepted():
        return False
    QApplication.sendEvent(at, QDragMoveEvent(where.toPoint(), actions, data, button, plain))
    dropped = QDropEvent(where, actions, data, button, plain)
    QApplication.sendEvent(at, dropped)
    desk.settle()
    return dropped.isAccepted()


def urls(*paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def test_a_track_is_dragged_into_another_section(desk):
    assert drop_on(desk, desk.page.list.row_mime(1), 5)
    assert desk.titles() == [
        "[Settle]", "Тихая вода", "[Peak]", "雨の庭", "Lamplight", "Wide Water", "ضوء طويل", *SHOWN[7:],
    ]  # fmt: skip
    assert desk.page.row.title == "Lamplight"
    desk.press((K.Key_Z, CTRL))
    assert desk.titles() == SHOWN


def test_a_section_is_dragged_with_all_it_holds(desk):
    assert drop_on(desk, desk.page.list.row_mime(3), 0)
    assert desk.titles()[:6] == ["[Peak]", "雨の庭", "Wide Water", "ضوء طويل", "[Settle]", "Lamplight"]
    assert desk.page.row.title == "Peak"


def test_the_row_of_another_window_is_refused(desk, qtbot, tmp_path):
    other = Desk(qtbot, tmp_path, path=tmp_path / "evening.xspf")
    assert not drop_on(desk, other.page.list.row_mime(1), 5)
    assert desk.titles() == SHOWN


def test_a_drag_begins_once_the_mouse_has_gone_far_enough(desk, monkeypatch):
    begun = []
    monkeypatch.setattr("ui.playlist.tracklist.QDrag.exec", lambda self, _action: begun.append(self))
    at, box = desk.page.list, desk.page.list.box(2).center().toPoint()
    QTest.mousePress(at, Qt.MouseButton.LeftButton, pos=box)
    QTest.mouseMove(at, box)
    assert not begun
    far = box + box * 0.5
    QTest.mouseMove(at, far)
    assert len(begun) == 1
    assert begun[0].mimeData().formats() == ["application/x-kapmonitor-row"]
    assert desk.page.row.title == "Тихая вода"


def test_files_folders_and_lists_are_dropped_and_what_cannot_be_played_is_named(desk, tmp_path):
    outside = tmp_path / "outside"
    for name in ("b 2.flac", "b 10.flac", "सुबह.flac"):
        sound(outside / "folder" / name)
    (outside / "folder" / "locked.m4a").write_bytes(b"x" * 50)
    single = sound(outside / "Один.flac")
    (outside / "list.m3u8").write_text("folder/सुबह.flac\n", "utf-8")
    assert drop_on(desk, urls(single, outside / "folder", outside / "list.m3u8"), 2, lower=True)
    added = desk.titles()[3:8]
    assert added == ["Один", "b 2", "b 10", "सुबह", "सुबह"]
    assert desk.titles()[8] == "[Peak]"
    assert "Added 5" in desk.page.foot().said
    assert "locked.m4a is AAC" in desk.page.foot().said
    desk.press((K.Key_Z, CTRL))
    assert desk.titles() == SHOWN


def test_what_lies_on_another_computer_is_not_fetched(desk):
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.mp3")])
    assert not drop_on(desk, data, 2)


def test_a_drop_into_an_empty_list_makes_a_section(qtbot, tmp_path):
    desk = Desk(qtbot, tmp_path)
    drop_on(desk, urls(sound(tmp_path / "a.flac")), 0)
    assert desk.titles() == ["[Section 1]", "a"]
    assert desk.work.is_unsaved


def test_where_something_dropped_goes_is_above_every_row_and_below_the_last():
    tracks = (Track(Path("a"), "a"), Track(Path("b"), "b"))
    made = edits.add_section(edits.insert(edits.UNTITLED, Place(0, 0), tracks), 1, "Empty")
    found = rows(edits.insert(edits.add_section(made, 2, "Last"), Place(2, 0), tracks[:1]), {})
    assert [place_at(found, gap) for gap in range(len(found) + 2)] == [
        *(Place(0, track) for track in (0, 0, 1, 2)),
        Place(1, 0),
        *(Place(2, track) for track in (0, 1, 1)),
    ]
    assert [section_at(found, gap, 0) for gap in range(len(found) + 1)] == [0, 0, 0, 0, 1, 1, 2]
    assert [section_at(found, gap, 2) for gap in range(len(found) + 1)] == [0, 0, 0, 1, 2, 2, 2]
    assert row_of(found, 0, 1) == 2
    assert row_of(found, 0, 9) == 2
    assert row_of((), 3, None) == 0


# Files that are not as they were


def test_what_is_missing_changed_or_damaged_is_named_in_its_row(qtbot, tmp_path):
    path = saved(tmp_path)
    tracks = [track for section in playlist(tmp_path).sections for track in section.tracks]
    tracks[0].path.unlink()
    sound(tracks[1].path, 2.5, hz=999.0)
    tracks[2].path.write_bytes(b"no music")
    tracks[3].path.write_bytes(b"")
    desk = Desk(qtbot, tmp_path, path=path)
    said = [row.trouble for row in desk.page.rows if row.track is not None]
    assert said[:4] == [
        "Lamplight.flac is not there",
        "Тихая вода.flac is not the file that the playlist names: it was changed or replaced",
        "雨の庭.flac cannot be read as music; it is damaged, or something else",
        "Wide Water.flac is empty",
    ]
    assert said[4:] == ["", ""]
    desk.press(K.Key_Down, K.Key_Down)
    assert desk.page.foot().said == said[1]
    desk.press((K.Key_K, CTRL))
    assert desk.page.rows[2].trouble == ""
    assert desk.now.track(Place(0, 1)).duration_s == 2.5
    sound(tracks[0].path, 2.0, hz=101.0)
    desk.press(K.Key_F5)
    assert desk.page.rows[1].trouble == ""


def test_new_tracks_are_pinned_and_measured_in_the_file(qtbot, tmp_path):
    desk = Desk(qtbot, tmp_path)
    drop_on(desk, urls(sound(tmp_path / "a.flac"), sound(tmp_path / "b.flac", hz=300.0)), 0)
    desk.press((K.Key_M, CTRL))
    assert desk.page.foot().said == wording.MEASURED
    desk.work.save(tmp_path / "x.xspf")
    desk.settle()
    found = keeping.open_list(tmp_path / "x.xspf").playlist
    assert all(len(found.track(place).sha256) == 64 for place in found.places())
    assert [round(found.track(place).loudness.lufs) for place in found.places()] == [-20, -21]
    assert not desk.work.is_unsaved


# The file


def test_saving_asks_for_a_name_once(qtbot, tmp_path):
    desk = Desk(qtbot, tmp_path)
    drop_on(desk, urls(sound(tmp_path / "a.flac")), 0)
    desk.press((K.Key_S, CTRL))
    assert isinstance(desk.over, BrowsePage)
    desk.over.entry.clear()
    desk.type("夜の音楽")
    desk.press(K.Key_Return)
    assert desk.over is None
    path = tmp_path / "夜の音楽.xspf"
    assert desk.page.head().file == str(path)
    assert [track.title for track in keeping.open_list(path).playlist.sections[0].tracks] == ["a"]
    desk.press(K.Key_Delete, (K.Key_Z, CTRL), (K.Key_Down, ALT), (K.Key_S, CTRL))
    assert not desk.page.head().unsaved


def test_another_lists_file_is_not_written_over_unasked(desk, tmp_path):
    other = tmp_path / "other.xspf"
    other.write_text("theirs", "utf-8")
    desk.press((K.Key_S, CTRL | SHIFT))
    desk.over.entry.setText("other")
    desk.press(K.Key_Return)
    assert desk.over.accessibleName() == wording.EXISTS_TITLE
    desk.press(K.Key_K)
    assert other.read_text("utf-8") == "theirs"
    assert desk.page.list.hasFocus()


@pytest.mark.parametrize(
    ("answer", "mine", "another"), [(K.Key_W, True, False), (K.Key_K, False, False), (K.Key_A, False, True)]
)
def test_a_file_changed_since_is_asked_about(desk, tmp_path, answer, mine, another):
    path = tmp_path / "evening.xspf"
    theirs = path.read_text("utf-8").replace("Evening", "Theirs")
    path.write_text(theirs, "utf-8")
    desk.press(K.Key_Down, K.Key_Delete, (K.Key_S, CTRL))
    assert desk.over.accessibleName() == wording.CHANGED_TITLE
    assert path.read_text("utf-8") == theirs
    desk.press(answer)
    assert (path.read_text("utf-8") != theirs) is mine
    assert isinstance(desk.over, BrowsePage) is another
    assert desk.work.is_unsaved is not mine


def test_what_cannot_be_written_is_said_and_stays_unsaved(desk, tmp_path):
    desk.press(K.Key_Down, K.Key_Delete)
    desk.work.save(tmp_path / "nowhere" / "x.xspf")
    desk.settle()
    assert "nowhere" in desk.page.foot().said
    assert desk.page.foot().amber
    assert desk.work.is_unsaved


def test_another_list_is_opened_by_keys_alone(desk, tmp_path):
    (tmp_path / "other.m3u").write_text("Ground/Stone.flac\n", "utf-8")
    desk.press((K.Key_O, CTRL))
    desk.type("other")
    desk.press(K.Key_Return)
    assert desk.titles() == ["[other]", "Stone"]
    assert desk.page.head().file == wording.NEW
    assert not desk.work.is_unsaved


def test_a_list_that_cannot_be_read_leaves_the_present_one(desk, tmp_path):
    (tmp_path / "bad.xspf").write_text("<no", "utf-8")
    desk.open(tmp_path / "bad.xspf")
    assert "this is not XML" in desk.page.foot().said
    assert desk.titles() == SHOWN


# Unsaved work


def test_opening_another_list_asks_about_unsaved_work(desk):
    desk.press(K.Key_Down, K.Key_Delete, (K.Key_O, CTRL))
    assert isinstance(desk.over, QuestionPage)
    assert desk.over.accessibleName() == wording.UNSAVED_TITLE
    desk.press(K.Key_K)
    assert desk.over is None
    assert desk.work.is_unsaved
    desk.press((K.Key_O, CTRL), K.Key_S)
    assert isinstance(desk.over, BrowsePage)
    assert not desk.work.is_unsaved


def test_what_was_thrown_away_is_gone_only_once_somebody_said_so(desk):
    then = []
    desk.press(K.Key_Down, K.Key_Delete)
    desk.page.asking.unsaved(lambda: then.append(True))
    assert not then
    desk.press(K.Key_X)
    assert then == [True]


def test_esc_leaves_the_fields_then_the_page(desk):
    desk.press(K.Key_Down, K.Key_Return, K.Key_Escape)
    assert not desk.left
    desk.press(K.Key_Escape)
    assert desk.left


# Looking for music


def test_all_below_a_folder_is_looked_at_filtered_and_added(desk, tmp_path):
    desk.press((K.Key_I, CTRL))
    assert [item.name for item in desk.over.items] == ["..", "Ground", "Peak", "Settle", "evening.xspf"]
    desk.over._choose(0)
    desk.press((K.Key_Return, CTRL))
    assert len(desk.over.items) == 6
    assert desk.over.said == wording.FOUND.format(good=6, of=6)
    desk.type("peak water")
    desk.press(K.Key_Return)
    assert desk.titles()[1] == "Wide Water"
    assert isinstance(desk.over, BrowsePage)
    desk.over.entry.clear()
    desk.press((K.Key_Return, CTRL))
    assert desk.over is None
    assert len(desk.titles()) == len(SHOWN) + 7


def test_a_scan_is_stopped_and_adds_nothing(desk, monkeypatch):
    from playlists.library import Piece, Step

    def endless(_folder):
        number = 0
        while True:
            number += 1
            yield Step(number, 10**6, Piece(Path(f"{number}.flac"), 60.0))
            time.sleep(0.001)

    monkeypatch.setattr("ui.playlist.browse.library.scan", endless)
    desk.press((K.Key_I, CTRL))
    desk.over.take_all()
    desk.qtbot.waitUntil(lambda: len(desk.over.items) > 3)
    assert "of 1000000" in desk.over.said
    assert desk.over.face().keys == wording.KEYS_BUSY
    desk.press(K.Key_Escape)
    assert desk.over.said == wording.STOPPED
    desk.press(K.Key_Escape, K.Key_Escape)
    assert desk.over is None
    assert desk.titles() == SHOWN


def test_a_folder_that_cannot_be_read_is_named(desk, tmp_path):
    desk.press((K.Key_O, CTRL))
    desk.over.entry.setText(str(tmp_path / "evening.xspf") + "/below/")
    desk.press(K.Key_Return)
    assert "evening.xspf" in desk.page.foot().said
    assert desk.titles() == SHOWN


# Size


def test_five_hundred_tracks_stay_quick(qtbot, tmp_path):
    file = sound(tmp_path / "a.flac")
    desk = Desk(qtbot, tmp_path)
    tracks = tuple(Track(file, f"track {number}", 60.0) for number in range(500))
    desk.work.do(edits.insert(edits.UNTITLED, Place(0, 0), tracks))
    desk.settle()
    render(desk.page, desk.page.size())
    began = time.process_time()
    for _ in range(50):
        QTest.keyClick(desk.page.list, K.Key_Down, ALT)
    QTest.keyClick(desk.page.list, K.Key_End)
    render(desk.page, desk.page.size())
    assert desk.page.row.title == "track 499"
    assert desk.page.list.top == len(desk.page.rows) - desk.page.list.room
    assert time.process_time() - began < 5.0


@pytest.mark.skipif(sys.platform == "win32", reason="has no pipes with names")
def test_a_pipe_is_not_opened_and_the_next_list_is(desk, tmp_path, qtbot):
    os.mkfifo(tmp_path / "pipe.m3u")
    with qtbot.waitSignal(desk.work.said, timeout=3_000) as heard:
        desk.work.open(tmp_path / "pipe.m3u")
    assert heard.args[1]
    assert "a pipe or a device" in heard.args[0]
    (tmp_path / "next.m3u").write_text("a.flac\n")
    desk.work.open(tmp_path / "next.m3u")
    qtbot.waitUntil(lambda: desk.work.playlist.title == "next")


def test_what_is_no_file_is_shown_with_its_trouble_and_saved_as_it_was(qtbot, tmp_path):
    sound(tmp_path / "a.flac")
    (tmp_path / "e.m3u").write_text("a.flac\nhttp://radio.example/x\n")
    desk = Desk(qtbot, tmp_path, path=tmp_path / "e.m3u")
    assert desk.titles() == ["[e]", "a", "http://radio.example/x"]
    assert [bool(row.trouble) for row in desk.page.rows] == [False, False, True]
    assert "only files of this computer can be played" in desk.page.rows[2].trouble
    desk.press((K.Key_M, CTRL))
    desk.work.save(tmp_path / "e.xspf")
    desk.settle()
    assert desk.work.path == tmp_path / "e.xspf"
    assert "<location>http://radio.example/x</location>" in (tmp_path / "e.xspf").read_text("utf-8")
