"""Faces for a screen that draws more often than faces come."""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.async_api import Page

FACE = "const face = x => new Array(58).fill(x); const smooth = new Interpolator();"


async def run(page: "Page", script: str) -> Any:
    return await page.evaluate(f"() => {{ {FACE} {script} }}")


async def test_before_the_first_face_it_rests_and_the_first_is_shown_at_once(page: "Page") -> None:
    assert await run(page, "return [smooth.at(0)[0], smooth.stalled(0)];") == [0, True]
    assert await run(page, "smooth.push(face(0.5), 10); return smooth.at(10)[57];") == 0.5


async def test_a_face_is_reached_one_frame_after_it_came(page: "Page") -> None:
    """30 a second, rising by 0.1 each; drawn in the middle and at the end of the interval."""
    shown = await run(
        page,
        """const out = []; const gap = 1000 / 30;
        for (let i = 0; i < 10; i += 1) {
          smooth.push(face(i / 10), i * gap);
          if (i > 0) out.push([smooth.at(i * gap)[0], smooth.at((i + 0.5) * gap)[0], smooth.at((i + 0.999) * gap)[0]]);
        }
        return out;""",
    )
    for i, (start, middle, end) in enumerate(shown, start=1):
        assert start == pytest.approx((i - 1) / 10, abs=0.001)
        assert middle == pytest.approx((i - 0.5) / 10, abs=0.001)
        assert end == pytest.approx(i / 10, abs=0.001)


async def test_the_delay_is_never_more_than_one_frame(page: "Page") -> None:
    """A ramp of 1 a second: once the rate is known, what is shown lags what came by at most the interval."""
    for rate in (24, 30, 60):
        worst, gap = await run(
            page,
            f"""const gap = 1000 / {rate}; let worst = 0;
            for (let i = 0; i < 120; i += 1) {{
              smooth.push(face(i * gap / 1000), i * gap);
              for (let k = 0; k < 4; k += 1) {{
                const now = (i + k / 4) * gap;
                if (i > 30) worst = Math.max(worst, now - 1000 * smooth.at(now)[0]);
              }}
            }}
            return [worst, gap];""",
        )
        assert gap * 0.9 < worst < gap * 1.02


async def test_frames_that_come_unevenly_never_make_a_jump(page: "Page") -> None:
    """Arrivals jitter by up to half a frame, two at once now and then; drawn every millisecond."""
    worst = await run(
        page,
        """const arrivals = []; let seed = 1;
        const random = () => { seed = (seed * 16807) % 2147483647; return seed / 2147483647; };
        for (let i = 0; i < 100; i += 1) arrivals.push(i * 33 + Math.floor(random() * 17));
        arrivals[50] = arrivals[51];
        let next = 0, last = 0, worst = 0;
        for (let now = 0; now < 3300; now += 1) {
          while (next < 100 && arrivals[next] <= now) { smooth.push(face(next / 100), arrivals[next]); next += 1; }
          const shown = smooth.at(now)[0];
          worst = Math.max(worst, Math.abs(shown - last));
          last = shown;
        }
        return worst;""",
    )
    assert worst < 0.0015, "even motion would be 0.0003 a millisecond, a jump 0.01"


async def test_a_late_frame_holds_the_last_and_invents_nothing(page: "Page") -> None:
    shown = await run(
        page, "smooth.push(face(0), 0); smooth.push(face(1), 33); return [smooth.at(80)[0], smooth.at(900)[0]];"
    )
    assert shown == [1, 1]


async def test_when_faces_stop_it_eases_to_rest_and_when_they_come_back_it_does_not_jump(page: "Page") -> None:
    script = """smooth.push(face(1), 0);
    const seen = [999, 1000, 1400, 4000].map(now => smooth.at(now)[0]);
    smooth.push(face(1), 1400);
    return {seen, back: smooth.at(1400)[0], after: smooth.at(1500)[0], stalled: smooth.stalled(1500)};"""
    found = await run(page, script)
    assert found["seen"] == pytest.approx([1, 1, 0.3679, 0.00055], abs=1e-3)
    assert found["back"] == pytest.approx(0.3679, abs=1e-3)
    assert found["after"] == 1
    assert found["stalled"] is False


async def test_it_learns_the_rate_but_not_from_pauses_and_bursts(page: "Page") -> None:
    fast, paused, burst = await run(
        page,
        """for (let i = 0; i < 60; i += 1) smooth.push(face(0), i * 16.667);
        const seen = [smooth.interval];
        smooth.push(face(0), 5000); seen.push(smooth.interval);
        for (let i = 0; i < 5; i += 1) smooth.push(face(0), 5001); seen.push(smooth.interval);
        return seen;""",
    )
    assert fast == pytest.approx(16.667, abs=0.1)
    assert paused == burst == fast
