"""What all commands are built with: their frame, and numbers on the command line; nothing heavy."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # argparse gives the types no public names
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
    Arguments = argparse._ActionsContainer  # noqa: SLF001


def command(commands: Commands, name: str, text: str, example: str) -> argparse.ArgumentParser:
    """A command with its help, an example, and the module that runs it."""
    command: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=f"{text[0].upper()}{text[1:]}.", epilog=f"Example: {example}"
    )
    command.set_defaults(module=name)
    return command


def number(text: str, low: float, high: float, what: str) -> float:
    """A number within bounds; argparse's own error says what is allowed."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"{what} from {low:g} to {high:g}, not '{text}'")
    return value


def speed(text: str) -> float:
    """Times real time."""
    return number(text, 1, 60, "a speed")


def seconds(text: str) -> float:
    """A length of time."""
    return number(text, 0, 7 * 86400, "seconds")


def rate(text: str) -> float:
    """In hertz."""
    return number(text, 1e-3, 1e9, "a rate")


def size(text: str) -> tuple[int, int]:
    """Width and height of a picture."""
    width, _, height = text.partition("x")
    return int(number(width, 640, 8192, "a width")), int(number(height, 480, 8192, "a height"))


def alarm_outputs(command: Arguments) -> None:
    """Where alarms are heard."""
    command.add_argument(
        "--staff-output", default="", metavar="NAME", help="the sound output near the staff, for alarms"
    )
    command.add_argument(
        "--room-output", default="", metavar="NAME", help="the room's speaker, for alarms nobody answers"
    )


def screenshot(command: Arguments) -> None:
    """A picture of the window instead of the window."""
    command.add_argument("--screenshot", metavar="PNG", help="save the window as a picture and leave")
    command.add_argument(
        "--size", type=size, default=(1920, 1080), metavar="WxH", help="window size of the picture"
    )
