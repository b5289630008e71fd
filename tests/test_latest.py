import asyncio
import threading

from avatar_driver.latest import Latest


async def test_the_newest_value_wins_and_the_others_are_counted() -> None:
    latest: Latest[int] = Latest()
    for value in range(5):
        latest.put(value)
    assert await latest.take() == 4
    assert latest.dropped == 4
    assert await latest.take(within=0.01) is None


async def test_values_from_a_thread_wake_the_loop_and_none_is_lost_when_the_thread_waits() -> None:
    latest: Latest[int] = Latest()

    def produce() -> None:
        for value in range(500):
            latest.put(value)
            assert latest.wait_taken(5)

    thread = threading.Thread(target=produce)
    thread.start()
    taken = [await latest.take(within=5) for _ in range(500)]
    await asyncio.to_thread(thread.join)
    assert taken == list(range(500))
    assert latest.dropped == 0


async def test_a_value_that_came_before_anyone_waited_is_there() -> None:
    latest: Latest[str] = Latest()
    latest.put("a")
    await asyncio.sleep(0)
    assert await latest.take(within=0.5) == "a"


def test_putting_after_the_loop_is_closed_does_nothing() -> None:
    async def make() -> Latest[int]:
        return Latest()

    latest = asyncio.run(make())
    latest.put(1)
    assert latest.wait_taken(0.1)
