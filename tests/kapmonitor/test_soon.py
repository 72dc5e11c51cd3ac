"""Calls that are put together at the end of a turn of the loop."""

import asyncio

from kapmonitor.soon import Soon


def test_many_calls_in_one_turn_are_one_and_come_after_it():
    seen = []
    soon = Soon(lambda: seen.append("drawn"))

    async def body():
        for channel in range(4):
            soon()
            seen.append(channel)
        await asyncio.sleep(0)
        assert seen == [0, 1, 2, 3, "drawn"]
        await asyncio.sleep(0)
        soon()
        await asyncio.sleep(0)

    asyncio.run(body())
    assert seen.count("drawn") == 2


def test_without_a_loop_it_runs_at_once():
    seen = []
    soon = Soon(lambda: seen.append(1))
    soon()
    soon()
    assert seen == [1, 1]
