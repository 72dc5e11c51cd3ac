"""What the playlist editor says."""

from __future__ import annotations

from typing import Final

from kapmonitor.session.events import Phase
from playlists.model import After
from playlists.totals import Fit
from ui.music.ports import OutputState

HEAD: Final = "Playlist"
NEW: Final = "not in a file yet"
UNSAVED: Final = "not saved"
TOTAL: Final = "{length} in all"
UNKNOWN: Final = "{count} not known"

EMPTY: Final = "No music in it yet"
EMPTY_HINT: Final = "Ctrl+I adds music · Ctrl+O opens a list · or drop files and folders here"
NO_TRACKS: Final = "no tracks"
NO_PHASE: Final = "no phase brings it on"
GROUNDING: Final = "when asked for, to calm"
MEANT_BETWEEN: Final = "meant to last {least} to {most}"
MEANT_LEAST: Final = "meant to last {least} or more"
MEANT_MOST: Final = "meant to last {most} at most"
FITS: Final = {
    Fit.FITS: "",
    Fit.EMPTY: "",
    Fit.SHORT: "ends too early",
    Fit.CUT: "longer than that",
}
AFTER: Final = {
    After.REPEAT: "goes round",
    After.NEXT: "goes on by itself",
    After.STOP: "falls silent",
}
PHASES: Final = {phase: phase.value for phase in Phase}

PARTS: Final = (
    ("settle", (Phase.PREPARATION, Phase.BASELINE)),
    ("ascent", (Phase.DOSING, Phase.ONSET)),
    ("peak", (Phase.PEAK,)),
    ("return", (Phase.RETURN,)),
    ("after", (Phase.INTEGRATION, Phase.DISCHARGE)),
)
"""The parts of a journey, by the phases that bring them on."""
GROUND: Final = "ground"

LOOKING: Final = "looking at {done} of {of} files"
MEASURING: Final = "measuring {done} of {of}: {title}"
ESC_STOPS: Final = "Esc stops it"
KEYS_BUSY: Final = (ESC_STOPS,)
STOPPED: Final = "Stopped; what was done is kept"
MEASURED: Final = "Every track is measured"
MEASURED_LESS: Final = "Not measured: {count}, such as {why}"
NONE_TO_MEASURE: Final = "Every track that can be played is measured already"

LISTENING: Final = "Listening to {title} on {output}"
LISTENING_SOON: Final = "Listening to {title}"
LISTENING_ENDED: Final = "That was {title}"
NOT_LISTENED: Final = "Not played: {why}"
OUTPUTS: Final = {
    OutputState.READY: "",
    OutputState.SILENT: "",
    OutputState.NONE: "this computer has no sound output",
    OutputState.ABSENT: "{name} is not connected",
    OutputState.LOST: "{name} is not connected any more",
    OutputState.FAILED: "{name} does not take sound",
    OutputState.RESERVED: "alarms are heard on {name}; choose another output for the music",
}
IN_SESSION: Final = "a session runs, and nothing but its own music may be heard in the room"
IN_SESSION_SHORT: Final = "no listening while a session runs"
NEXT_TIME: Final = "what you save is heard from the next session on"

FIELDS: Final = {
    "title": "Title",
    "gain": "Louder, dB",
    "start": "From",
    "end": "To",
    "fade": "Fade, s",
    "file": "File",
    "list": "List",
    "crossfade": "Fade, s",
    "name": "Name",
    "earliest": "Stays at least",
    "latest": "Goes on after",
}
BRINGS_ON: Final = "Comes with"
AT_END: Final = "At its end"
USUAL_FADE: Final = "{seconds:g} as usual"
TO_END: Final = "its end"
NEVER: Final = "never"
FROM_START: Final = "0:00"

BAD_TIME: Final = "{name}: minutes and seconds, such as 4:30"
BAD_NUMBER: Final = "{name}: a number from {least:g} to {most:g}"
BAD_END: Final = "To: later than where it begins, {start}"

LISTEN: Final = "Space listen"
KEYS: Final = (
    "Enter change",
    "Ctrl+I add music",
    "Ctrl+N section",
    "Alt+↑↓ move",
    "Del remove",
    "Ctrl+T title",
    "Ctrl+Z undo",
    LISTEN,
    "Ctrl+M measure",
    "Ctrl+K take a changed file",
    "F5 look again",
    "Ctrl+S save",
    "Ctrl+O open",
    "Esc leave",
)
KEYS_FIELDS: Final = ("Enter keeps it", "Tab next", "Esc back to the list")
KEYS_ADD: Final = ("Enter opens or adds", "Ctrl+Enter all that is below", "↑↓ choose", "Esc back")
KEYS_FOUND: Final = ("Enter adds it", "Ctrl+Enter adds all of these", "↑↓ choose", "Esc back")
KEYS_OPEN: Final = ("Enter opens", "Ctrl+Enter takes the folder as a list", "↑↓ choose", "Esc back")
KEYS_SAVE: Final = ("Enter saves", "↑↓ choose", "Esc back")

ACCEPTED: Final = "{title}: the file as it is now is taken"
ALREADY_RIGHT: Final = "{title} is the file that the list names"
NOTHING_TO_UNDO: Final = "Nothing to undo"
NOTHING_TO_REDO: Final = "Nothing to do again"
UNDID: Final = "Undone"
REDID: Final = "Done again"
SAVED: Final = "Saved: {path}"
SAVED_LESS: Final = "Saved: {path} · left out, as they hold no tracks: {names}"
OPENED: Final = "Opened: {path}"
IMPORTED: Final = "Taken over from {path}; saving asks for a name"
ADDED: Final = "Added {count}"
ADDED_LESS: Final = "Added {count} · cannot be played: {count_bad}, such as {why}"
NONE_ADDED: Final = "There is no music that can be played"
NEW_SECTION: Final = "Section {number}"

ADD_TITLE: Final = "Add music"
OPEN_TITLE: Final = "Open a list"
SAVE_TITLE: Final = "Save the list as"
PATH: Final = "Folder or file"
FILTER: Final = "Type to find"
SEARCHING: Final = "finding music below {folder}: {done}"
SCANNING: Final = "looking at {done} of {of}"
FOUND: Final = "{good} of {of} can be played"
EMPTY_FOLDER: Final = "Nothing here that could be taken"
UP: Final = "the folder above"
FOLDER: Final = "folder"
LIST: Final = "list"
NO_MATCH: Final = "Nothing by that name"

UNSAVED_TITLE: Final = "The list is not saved"
UNSAVED_LINE: Final = "{title}: what was changed since it was {since} is lost if it is left now."
SINCE_OPENED: Final = "last saved"
SINCE_BEGUN: Final = "begun"
KEEP: Final = "Keep editing"
SAVE: Final = "Save it"
DISCARD: Final = "Leave without saving"
DISCARD_MORE: Final = "What was changed is lost."
CHANGED_TITLE: Final = "The file was changed by somebody else"
CHANGED_LINE: Final = "{path} is not as it was when it was opened. Nothing was written over it."
ANOTHER_NAME: Final = "Save under another name"
ANOTHER_NAME_MORE: Final = "Both stay."
OVER: Final = "Write over it"
OVER_MORE: Final = "What somebody else changed is lost."
EXISTS_TITLE: Final = "There is such a file already"
EXISTS_LINE: Final = "{path} holds something. Nothing was written over it."
