"""Every word of the music panel."""

from __future__ import annotations

from typing import Final

from ui.music.ports import OutputState

TITLE: Final = "Music"
EXAMPLE: Final = "Music · example"
NO_PLAYLIST: Final = "No playlist chosen"
NO_PLAYLIST_HINT: Final = "Choose one when you open a session."
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
GOING_TO: Final = "to {section} soon"
VOLUME: Final = "volume"
CROSSFADE: Final = "crossfade {seconds:.0f} s"
DUCKED: Final = "ducked {change} dB"
SOFTEST: Final = "softest"

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
