"""The drivers there are, looked for once: looking through installed packages outlasts most tests."""

from functools import cache

from devices import registry

load = cache(registry.load)
