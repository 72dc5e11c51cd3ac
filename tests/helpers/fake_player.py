"""A music player that shows a given picture and keeps what it is asked."""

from dataclasses import replace

from playlists.course import Mode
from ui.music.ports import ComingRow, MusicView, OutputChoice, OutputHealth, OutputState

CHOICES = (OutputChoice("aa", "room speakers"), OutputChoice("bb", "staff ear"))


def output(state, name="room speakers"):
    return OutputHealth(state, name, CHOICES)


PLAYING = MusicView(
    playlist="Evening",
    mode=Mode.PLAYING,
    can_ground=True,
    title="Long light",
    section="Peak",
    at_s=192.0,
    duration_s=400.0,
    coming=(
        ComingRow("Peak", "Tidal", 485.0),
        ComingRow("Peak", "Slow glass", 450.0),
        ComingRow("Return", "Morning, held", 372.0, if_moved=True),
        ComingRow("Return", "Open hands", 348.0, if_moved=True),
    ),
    volume_db=-14.0,
    crossfade_s=12.0,
    output=output(OutputState.READY),
)

VIEWS = {
    "playing": PLAYING,
    "paused": replace(PLAYING, mode=Mode.PAUSED),
    "ready": replace(PLAYING, mode=Mode.STOPPED, at_s=0.0, example=True),
    "ended": replace(PLAYING, mode=Mode.STOPPED, ended=True, section="Ground", at_s=0.0, coming=()),
    "held": replace(PLAYING, held=True, coming=PLAYING.coming[:2]),
    "going": replace(PLAYING, going_to="Return"),
    "grounded": replace(
        PLAYING, grounded=True, title="Stone and Breath", section="Grounding", volume_db=-30.0
    ),
    "ducked": replace(PLAYING, duck_db=-8.0),
    "reserved": replace(PLAYING, mode=Mode.STOPPED, output=output(OutputState.RESERVED)),
    "lost": replace(PLAYING, output=output(OutputState.LOST)),
    "none": replace(PLAYING, output=OutputHealth(OutputState.NONE), at_s=0.0, mode=Mode.STOPPED),
    "absent": replace(PLAYING, output=output(OutputState.ABSENT), at_s=0.0, mode=Mode.STOPPED),
    "failed": replace(PLAYING, output=output(OutputState.FAILED)),
    "silent": replace(PLAYING, output=OutputHealth(OutputState.SILENT), example=True),
    "missing": replace(PLAYING, trouble="Tidal left out: tidal.flac cannot be read as music"),
    "unplayable": MusicView(
        playlist="Evening",
        output=output(OutputState.READY),
        trouble="None of the tracks can be played",
        volume_db=-12.0,
        crossfade_s=12.0,
    ),
    "long": replace(
        PLAYING,
        title="A very long title of a piece in many movements by somebody",
        section="Integration and return",
        going_to="Preparation",
        output=output(OutputState.READY, "Built-in Audio Analog Stereo (Headphones) on HDMI 2"),
        coming=(ComingRow("Integration and return", "An equally long title of another piece", 3725.0),),
    ),
    "checking": MusicView(playlist="Evening", checking=True),
}


class FakePlayer:
    """Answers ui.music.ports.MusicPlayer; `asked` holds every call."""

    def __init__(self, view=PLAYING):
        self.shown = view
        self.asked = []

    def view(self):
        return self.shown

    def toggle(self, t_ns):
        self.asked.append(("toggle", t_ns))

    def hold(self, t_ns):
        self.asked.append(("hold", t_ns))

    def ground(self, t_ns):
        self.asked.append(("ground", t_ns))

    def next(self, t_ns):
        self.asked.append(("next", t_ns))

    def seek(self, t_ns, at_s):
        self.asked.append(("seek", at_s))

    def dosed(self, t_ns, doses):
        self.asked.append(("dosed", doses))

    def change_volume(self, t_ns, change_db):
        self.asked.append(("volume", t_ns, change_db))

    def follow(self, t_ns, phase):
        self.asked.append(("follow", phase))

    def choose_output(self, output_id):
        self.asked.append(("output", output_id))

    def duck(self, depth_db, over_s):
        self.asked.append(("duck", depth_db, over_s))
