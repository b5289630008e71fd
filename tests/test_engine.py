import asyncio
import logging
import time
from collections.abc import Callable

import numpy as np
import pytest

from avatar_driver.channels import CHANNELS, Support
from avatar_driver.engine import Engine
from avatar_driver.errors import AvatarDriverError, ModelError, SinkError, SourceError, SourceLostError
from avatar_driver.frame import Frame, Origin
from avatar_driver.stages import Stage
from avatar_driver.testing import Collector, Played

STEP = 1 / 30


def face(level: float) -> np.ndarray:
    return np.full(len(CHANNELS), level, np.float32)


def frames(*levels: float, start: float = 100.0) -> list[Frame]:
    return [Frame(start + i * STEP, face(level)) for i, level in enumerate(levels)]


def levels(collector: Collector) -> list[float]:
    return [round(float(frame.values[0]), 6) for frame in collector.frames]


class Gain:
    """A stage that multiplies, gives NaN where asked, and counts its resets."""

    def __init__(self, gain: float = 1.0, nan_at: float | None = None) -> None:
        self.gain, self.nan_at, self.resets = gain, nan_at, 0

    def __call__(self, frame: Frame) -> Frame:
        bad = self.nan_at is not None and frame.values[0] == np.float32(self.nan_at)
        return frame.changed(values=frame.values * np.float32(np.nan if bad else self.gain))

    def reset(self) -> None:
        self.resets += 1


def engine(source: Played, *sinks: Collector, stages: dict[str, Stage] | None = None) -> Engine:
    return Engine(source, stages or {}, {f"sink {i}": sink for i, sink in enumerate(sinks)})


async def eventually(condition: Callable[[], bool], within: float = 5.0) -> None:
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.002)


async def test_every_frame_of_a_source_that_may_not_skip_arrives_in_order() -> None:
    shown = Collector()
    made = [0.1 + i / 1000 for i in range(300)]
    run = engine(Played(frames(*made)), shown)
    await run.run()
    assert levels(shown)[:300] == pytest.approx(made, abs=1e-6)
    assert run.statistics.frames == 300
    assert run.statistics.skipped == 0


async def test_at_the_end_the_avatar_is_neutral_and_everything_is_closed() -> None:
    shown = Collector()
    await engine(Played(frames(0.5, 0.6)), shown).run()
    assert not shown.frames[-1].values.any()
    assert not shown.frames[-1].tracked
    assert shown.closed == 1
    assert [frame.time for frame in shown.frames] == sorted({frame.time for frame in shown.frames})


async def test_stop_eases_to_neutral_and_closes_within_a_second() -> None:
    shown = Collector()
    run = engine(Played([*frames(0.8), 60.0], paced=True), shown)
    task = asyncio.create_task(run.run())
    await eventually(lambda: bool(shown.frames))
    began = time.perf_counter()
    run.stop()
    await task
    assert time.perf_counter() - began < 1.0
    closing = levels(shown)[-run.statistics.closing :]
    assert closing == sorted(closing, reverse=True)
    assert closing[-1] == 0
    assert 0.7 < closing[0] <= 0.8


async def test_when_no_frame_comes_receivers_hear_ten_times_a_second_that_there_is_no_face() -> None:
    shown = Collector()
    support = (Support.DERIVED,) * len(CHANNELS)
    first = frames(0.5)[0].changed(origin=Origin(captured=1.0, support=support))
    run = engine(Played([first, 0.75], paced=True), shown)
    await run.run()
    filled = shown.frames[1 : 1 + run.statistics.filled]
    assert 5 <= run.statistics.filled <= 8
    for frame in filled:
        assert not frame.tracked
        assert frame.values[0] == 0.5
        assert frame.origin.support is support
    assert np.diff([frame.time for frame in filled]).min() > 0.09


async def test_nan_from_the_source_holds_the_last_good_face(caplog: pytest.LogCaptureFixture) -> None:
    shown = Collector()
    run = engine(Played(frames(0.5, float("nan"), float("inf"), 0.7)), shown)
    await run.run()
    assert levels(shown)[:4] == pytest.approx([0.5, 0.5, 0.5, 0.7])
    assert all(np.isfinite(frame.measured).all() for frame in shown.frames)
    assert run.statistics.repaired == {"source": 2}
    assert [r.getMessage() for r in caplog.records].count(
        "source: gave a value that is not a finite number; the last good face goes on"
    ) == 1


async def test_nan_from_a_stage_passes_its_input_on_and_resets_it() -> None:
    shown = Collector()
    stage = Gain(0.5, nan_at=0.6)
    run = engine(Played(frames(0.4, 0.6, 0.8)), shown, stages={"gain": stage})
    await run.run()
    assert levels(shown)[:3] == pytest.approx([0.2, 0.6, 0.4])
    assert stage.resets == 1
    assert run.statistics.repaired == {"gain": 1}


async def test_a_sink_that_stalls_holds_nobody_and_gets_the_newest_frame() -> None:
    stalled, quick = Collector(), Collector()
    stalled.gate.clear()
    run = engine(Played([x for frame in frames(*[i / 100 for i in range(50)]) for x in (frame, 0.004)], paced=True),
                 stalled, quick)  # fmt: skip
    task = asyncio.create_task(run.run())
    await eventually(lambda: len(quick.frames) > 30)
    assert stalled.frames == []
    stalled.gate.set()
    await task
    dropped = run.lanes["sink 0"].statistics.dropped
    assert dropped >= 25
    assert levels(stalled) != levels(quick)
    assert levels(stalled)[1] > 0.2


async def test_a_sink_that_fails_is_told_once_retried_and_told_when_it_recovers(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avatar_driver.lane._FIRST_PAUSE", 0.01)
    caplog.set_level(logging.INFO, "avatar_driver")
    failing, other = Collector(SinkError("port 1 is taken"), OSError(1, "network is down"), None), Collector()
    run = engine(Played([x for frame in frames(*[0.5] * 40) for x in (frame, 0.01)], paced=True), failing, other)
    await run.run()
    assert len(other.frames) >= 40
    assert len(failing.frames) > 10
    assert failing.opened == 3
    assert [record.getMessage() for record in caplog.records] == [
        "sink 0: port 1 is taken; trying again",
        "sink 0: works again after 2 failures",
    ]
    assert run.lanes["sink 0"].statistics.errors == 2
    assert run.lanes["sink 0"].statistics.fault is None


async def test_a_fast_source_does_not_wait_for_a_sink_that_has_failed() -> None:
    failing, other = Collector(*[SinkError("no")] * 99), Collector()
    began = time.perf_counter()
    await engine(Played(frames(*[0.5] * 200)), failing, other).run()
    assert len(other.frames) == 201
    assert time.perf_counter() - began < 2.5


async def test_a_lost_source_is_opened_again_and_told_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("avatar_driver.capture._FIRST_PAUSE", 0.01)
    caplog.set_level(logging.INFO, "avatar_driver")
    gone = SourceLostError("camera 0 was unplugged")
    source = Played([*frames(0.1), gone], [gone], [RuntimeError("driver")], frames(0.2, start=200.0))
    shown = Collector()
    await engine(source, shown).run()
    assert levels(shown)[:2] == pytest.approx([0.1, 0.2])
    assert [record.getMessage() for record in caplog.records] == [
        "source: camera 0 was unplugged; trying again",
        "source: frames come again",
    ]


@pytest.mark.parametrize("error", [SourceError("no such video"), ModelError("no face model")])
async def test_a_source_that_cannot_be_had_ends_the_run_with_its_sentence_and_a_neutral_avatar(
    error: AvatarDriverError,
) -> None:
    shown = Collector()
    with pytest.raises(type(error), match=str(error)):
        await engine(Played([*frames(0.4), error]), shown).run()
    assert levels(shown)[-1] == 0


async def test_times_rise_over_a_clock_that_jumps_back_and_steps_stay_true(caplog: pytest.LogCaptureFixture) -> None:
    shown = Collector()
    await engine(Played([*frames(*[0.5] * 3, start=1000.0), *frames(*[0.6] * 3, start=5.0)]), shown).run()
    steps = np.diff([frame.time for frame in shown.frames[:6]])
    assert steps == pytest.approx([STEP, STEP, 1e-4, STEP, STEP], abs=1e-6)
    assert "its clock jumped back by 995.1 s" in caplog.text


async def test_a_frame_that_comes_late_after_a_made_one_does_not_turn_time_back() -> None:
    shown = Collector()
    late = frames(0.6, 0.7, start=100.05)
    run = engine(Played([*frames(0.5), 0.28, *late, 0.05], paced=True), shown)
    await run.run()
    assert run.statistics.filled >= 2
    times = [frame.time for frame in shown.frames]
    assert times == sorted(set(times))


async def test_a_source_that_catches_up_after_a_stall_has_its_own_times_again(caplog: pytest.LogCaptureFixture) -> None:
    """A busy computer: frames are made while the source waits for its turn, and then it brings all that it missed."""
    shown = Collector()
    missed = frames(*[0.5] * 45, start=100.0 + STEP)
    later = [x for frame in frames(*[0.6] * 6, start=missed[-1].time + STEP) for x in (frame, STEP)]
    run = engine(
        Played([*frames(0.5), 46 * STEP, *(x for each in missed for x in (each, 0.001)), *later], paced=True), shown
    )
    await run.run()
    assert run.statistics.filled >= 10
    times = [frame.time for frame in shown.frames]
    assert times == sorted(set(times))
    last = [frame.time for frame in shown.frames if frame.tracked][-1]
    assert last == pytest.approx(later[-2].time, abs=0.2)
    assert "jumped back" not in caplog.text


async def test_a_source_whose_clock_stood_still_in_a_stall_goes_on_from_there() -> None:
    shown = Collector()
    later = frames(*[0.6] * 8, start=100.0 + STEP)
    run = engine(Played([*frames(0.5), 1.4, *(x for each in later for x in (each, STEP))], paced=True), shown)
    await run.run()
    times = [frame.time for frame in shown.frames if frame.tracked][1:]
    assert times[-1] - times[0] > 5 * STEP


async def test_exchanged_stages_take_over_without_a_jump() -> None:
    shown = Collector()
    made = frames(*[0.8] * 60)
    run = engine(Played([*made[:20], *(x for frame in made[20:] for x in (frame, 0.002))]), shown, stages={"a": Gain()})
    task = asyncio.create_task(run.run())
    await eventually(lambda: len(shown.frames) >= 20)
    run.exchange_stages({"b": Gain(0.5)})
    await task
    played = levels(shown)[:60]
    assert played[0] == pytest.approx(0.8)
    assert played[-1] == pytest.approx(0.4)
    # 0.25 s at 30 fps are 7.5 steps.
    assert np.abs(np.diff(played)).max() == pytest.approx(0.4 * STEP / 0.25, rel=0.01)


async def test_exchanged_sinks_open_and_close_and_the_one_that_stays_runs_on() -> None:
    stays, goes, comes = Collector(), Collector(), Collector()
    run = Engine(
        Played([x for frame in frames(*[0.5] * 100) for x in (frame, 0.004)], paced=True), {}, {"a": stays, "b": goes}
    )
    task = asyncio.create_task(run.run())
    await eventually(lambda: len(goes.frames) > 5)
    await run.exchange_sinks({"c": comes, "a": stays})
    assert goes.closed == 1
    await task
    assert (stays.opened, comes.opened) == (1, 1)
    assert len(stays.frames) > len(comes.frames) > 20
    assert list(run.lanes) == ["c", "a"]


async def test_a_sink_that_goes_is_closed_before_one_that_comes_is_opened() -> None:
    happened: list[str] = []

    class Told(Collector):
        async def open(self) -> None:
            happened.append("open")
            await super().open()

        async def close(self) -> None:
            await asyncio.sleep(0.02)  # as a server that says goodbye to its clients
            happened.append("closed")
            await super().close()

    run = Engine(Played([*frames(0.5), 60.0], paced=True), {}, {"a": Told()})
    task = asyncio.create_task(run.run())
    await eventually(lambda: happened == ["open"])
    await eventually(lambda: run.shown is not None)
    await run.exchange_sinks({"a": Told()})
    await eventually(lambda: len(happened) == 3)
    run.stop()
    await task
    assert happened[:3] == ["open", "closed", "open"]


async def test_an_exchanged_source_takes_over_and_stages_forget_the_old_face() -> None:
    shown, stage = Collector(), Gain()
    run = engine(Played([*frames(0.3), 60.0], paced=True), shown, stages={"gain": stage})
    task = asyncio.create_task(run.run())
    await eventually(lambda: bool(shown.frames))
    run.exchange_source(Played(frames(*[0.9] * 30, start=5.0)))
    await task
    assert stage.resets == 1
    assert 0.85 < max(levels(shown)) <= 0.9


async def test_the_report_counts_what_happened() -> None:
    made = [
        Frame(1 + i * STEP, face(0.5), tracked=i != 3, origin=Origin(captured=time.perf_counter(), detection=0.013))
        for i in range(10)
    ]
    run = engine(Played(made), Collector(), stages={"gain": Gain()})
    await run.run()
    report = run.statistics.report()
    assert (report["frames"], report["tracked"], report["closing"]) == (10, 9, 1)
    assert report["detection_ms"]["p50"] == pytest.approx(13, rel=0.02)
    assert report["stages_us"]["gain"]["p50"] > 0
    sink = run.lanes["sink 0"].statistics.report()
    assert (sink["sent"], sink["dropped"], sink["errors"]) == (11, 0, 0)
    assert sink["capture_to_send_ms"]["p50"] > 0
