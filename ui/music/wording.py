"""Every word of the music panel."""

from __future__ import annotations

from typing import Final

from kapmonitor.session.events import MusicAction
from ui.music.ports import OutputState

TITLE: Final = "Music"
EXAMPLE: Final = "Music · example"
LISTS: Final = "Shift+M lists"
NO_PLAYLIST: Final = "No playlist chosen"
NO_PLAYLIST_HINT: Final = "It is chosen when a session is opened."
CHECKING: Final = "Looking at the music files"
NOT_PLAYING: Final = "no music at this moment"
RECORDED: Final = "from the record"
EARLIER: Final = "earlier"
LATER: Final = "later"
HOLD: Final = "hold"
HELD: Final = "held"
SOFTER: Final = "softer"
GROUND: Final = "ground"
BACK: Final = "back"
NEXT: Final = "next"
PLAY: Final = "Play"
PAUSE: Final = "Pause"
PAUSED: Final = "paused"
NOT_STARTED: Final = "ready"
ENDED: Final = "ended"
ALL_ENDED: Final = "The music has ended. Play begins its last track again."
GOING_TO: Final = "to {section} soon"
VOLUME: Final = "volume"
CROSSFADE: Final = "crossfade {seconds:.0f} s"
DUCKED: Final = "lowered for an alarm"
LOWERED_BY: Final = "lowered {change} dB"
SOFTEST: Final = "softest"

HEAR: Final = "Hear the music"
MUTE: Final = "Mute the music"
RECORDED_MUTED: Final = "from the record, muted"
COMES_AFTER: Final = "after {title}"
AGO: Final = "{what}, {length} s ago"
JUST_NOW: Final = "{what} just now"
LET_UP: Final = "let up again after an alarm"
OPENING: Final = "looking for the sound output"
HEARD_FROM: Final = "heard from {name}"
SILENT_STANDING: Final = "silent while it stands"
SILENT_SPEED: Final = "silent at {speed}×"
NOT_HEARD: Final = "{title} cannot be heard: {why}."
NOT_HEARD_NOW: Final = "not heard"
NO_FILE: Final = "the record does not say which file it was"
NO_HASH: Final = "the record cannot tell whether {name} is still the same"
OTHER_FILE: Final = "{name} is not the file that was played"

HAPPENED: Final = {
    MusicAction.STARTED: "began",
    MusicAction.PAUSED: "paused",
    MusicAction.RESUMED: "went on",
    MusicAction.STOPPED: "stopped",
    MusicAction.HELD: "held",
    MusicAction.RELEASED: "no longer held",
    MusicAction.VOLUME: "volume set to {volume} dB",
    MusicAction.MISSING: "{title} left out",
    MusicAction.OUTPUT_LOST: "{output} lost",
    MusicAction.OUTPUT_CHANGED: "{output} chosen",
    MusicAction.OUTPUT_BACK: "{output} is back",
    MusicAction.SOUGHT: "moved within the track",
    MusicAction.DUCKED: "lowered for an alarm",
    MusicAction.FADING: "fades out",
    MusicAction.AT: "put in place",
}

OUTPUTS: Final = {
    OutputState.READY: "{name}",
    OutputState.SILENT: "silent, no speaker found",
    OutputState.NONE: "no sound output",
    OutputState.ABSENT: "{name} not found",
    OutputState.LOST: "{name} lost",
    OutputState.FAILED: "{name} cannot be used",
    OutputState.RESERVED: "{name} is for alarms",
}
TROUBLES: Final = {
    OutputState.READY: "",
    OutputState.SILENT: "",
    OutputState.NONE: "No sound output found. Connect a speaker; the music then goes to it.",
    OutputState.ABSENT: "Connect {name}, or press the name above to choose another output.",
    OutputState.LOST: "The music waits until {name} is back. Press the name above to choose another.",
    OutputState.FAILED: "{name} does not take sound. Trying again.",
    OutputState.RESERVED: "Alarms are heard there. Press the name above to choose another for the music.",
}
HEARING_TROUBLES: Final = {
    OutputState.READY: "",
    OutputState.SILENT: "",
    OutputState.NONE: "No sound output found. Connect a speaker; the music is then heard from it.",
    OutputState.ABSENT: "Connect {name}, or choose another output for the music in the settings.",
    OutputState.LOST: "The music is heard again once {name} is back.",
    OutputState.FAILED: "{name} does not take sound. Trying again.",
    OutputState.RESERVED: "Alarms are heard there, so this music never is. Choose another in the settings.",
}
IN_SESSION: Final = "Not heard: a session runs, and nothing but its own music may be heard in the room."
