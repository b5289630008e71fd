"""Authors the face: outline, ears, cheeks, nose, and the neck under it."""

from avatar_driver.puppet.author_drawing import SIDES, Drawing, Field, Knot, Side, ramp

__all__ = ["blush", "cheeks", "ears", "head", "neck", "nose"]

# The subject's left half of the outline, from the crown (under the hair) to the chin.
_OUTLINE = [(0, -200), (100, -182), (158, -105), (167, -10), (158, 70), (128, 138), (76, 196), (30, 223), (0, 228)]


def neck(d: Drawing) -> None:
    """The neck and the shadow of the chin on it."""

    def follows_head(_x: float, y: float) -> float:
        return 0.06 + 0.84 * ramp(y, 340, 130)

    half = [(58, 120), (56, 200), (60, 262), (84, 312), (150, 344)]
    knots = [*half, (120, 420), (0, 470), (-120, 420), *[(-x, y) for x, y in reversed(half)]]
    commands, points = d.smooth(knots, z=-30, weight=follows_head)
    fill = {"linear": [d.point(0, 190, -30, 0.8), d.point(0, 330, -30, 0.1)]}
    d.path(
        "neck",
        commands,
        points,
        fill={**fill, "stops": [(0, "skin_shadow", 1), (1, "skin_shade", 1)]},
        stroke="skin_line",
        width=3.5,
    )
    shadow = [(-70, 150), (70, 150), (66, 232), (30, 266), (0, 274), (-30, 266), (-66, 232)]
    commands, points = d.smooth(shadow, z=-20, weight=lambda _x, y: 0.75 + 0.2 * ramp(y, 280, 150))
    d.path("neckShadow", commands, points, fill="skin_deep", opacity=0.55, clip="neck")
    d.moves("jawOpen", points, lambda _x, y: (0, 26 * ramp(y, 160, 260)))
    for side in SIDES:
        collarbone = d.line([(22, 346), (50, 338), (84, 342), (104, 352)], side, z=-20, weight=0.06)
        d.path(side.of("collarbone"), "MC", collarbone, stroke="skin_line", width=3, opacity=0.4)
        d.moves(side.of("jaw"), points, _sideways(12 * side.sign, 160, 260))


def _sideways(amount: float, start: float, end: float) -> Field:
    """A move to the side that begins at one height and is whole at another."""
    return lambda _x, y: (amount * ramp(y, start, end), 0)


def ears(d: Drawing) -> None:
    """Both ears; the outline of the face covers their roots."""
    for side in SIDES:
        knots = [(158, -14), (182, -26), (194, -4), (186, 34), (170, 62), (156, 58)]
        commands, points = d.smooth(knots, side, z=-12)
        d.path(side.of("ear"), commands, points, fill="skin", stroke="skin_line", width=3.5)
        fold = d.line([(168, -6), (184, -14), (186, 14), (172, 34)], side, z=-10)
        d.path(side.of("earFold"), "MC", fold, stroke="skin_line", width=3, opacity=0.55)


def head(d: Drawing) -> None:
    """The outline of the face with its soft shading."""
    knots = [*_OUTLINE, *[(-x, y) for x, y in reversed(_OUTLINE[1:-1])]]
    commands, points = d.smooth(knots, z=lambda x, y: 18 * ramp(y, 60, 220) - 6 * abs(x) / 167)
    top, chin = d.point(0, -120), d.point(0, 232, 20)
    fill = {"linear": [top, chin], "stops": [(0, "skin", 1), (0.72, "skin", 1), (1, "skin_shade", 1)]}
    d.path("face", commands, points, fill=fill, stroke="skin_line", width=3.5)
    points = [*points, chin]
    d.moves("jawOpen", points, lambda x, y: (-x * 0.05 * ramp(y, 60, 160), 42 * ramp(y, 70, 215)))
    d.moves("jawForward", points, lambda x, y: (x * 0.16 * ramp(y, 120, 200), 11 * ramp(y, 150, 225)))
    d.moves("mouthShrugLower", points, lambda _x, y: (0, -5 * ramp(y, 150, 225)))
    for side in SIDES:
        d.moves(side.of("jaw"), points, _sideways(22 * side.sign, 60, 210))
    d.moves("cheekPuff", points, lambda x, y: (x * 0.13 * ramp(y, 20, 100) * ramp(y, 215, 130), 0))
    d.moves("mouthPucker", points, lambda x, y: (-x * 0.03 * ramp(y, 40, 110) * ramp(y, 215, 130), 0))
    _chin_marks(d)


def _chin_marks(d: Drawing) -> None:
    """The hollow under the lower lip and the ball of the chin: what a pushed-up or pushed-out jaw shows."""
    hollow = d.line([(-16, 186), (-8, 181), (8, 181), (16, 186)])
    d.path("chinHollow", "MC", hollow, stroke="skin_deep", width=4, opacity=0.25)
    d.paths[-1]["opacity_deltas"] = {"mouthShrugLower": 0.6, "jawForward": 0.6, "jawOpen": -0.25}
    ball = d.line([(-30, 206), (-20, 193), (20, 193), (30, 206)])
    d.path("chinBall", "MC", ball, stroke="skin_deep", width=3.5, opacity=0)
    d.paths[-1]["opacity_deltas"] = {"jawForward": 0.8}
    both = [*hollow, *ball]
    d.moves("jawOpen", both, (0, 44))
    d.moves("jawForward", both, (0, 5))
    d.moves("mouthShrugLower", both, (0, -7))
    for side in SIDES:
        d.moves(side.of("jaw"), both, (22 * side.sign, 0))
        for i, share in zip(ball, (1, 0.5, -0.5, -1), strict=True):
            d.moves("mouthShrugLower", [i], (0, 2 * share * side.sign))


def blush(d: Drawing) -> None:
    """The colour of the cheeks."""
    for side in SIDES:
        _blush(d, side)


def cheeks(d: Drawing) -> None:
    """Lines in the blush, the folds a raised cheek makes, and the shine of puffed cheeks."""
    for side in SIDES:
        _blush_lines(d, side)
        _folds(d, side)


def _blush(d: Drawing, side: Side) -> None:
    s = side.sign
    ring = d.oval(112 * s, 92, 44, 25)
    centre, rim = d.point(112 * s, 92), d.point(156 * s, 92)
    fill = {"radial": [centre, rim], "stops": [(0, "blush", 0.9), (0.45, "blush", 0.55), (1, "blush", 0)]}
    fades = {side.of("mouthSmile"): 0.25, side.of("cheekSquint"): 0.3, "cheekPuff": 0.45}
    d.path(side.of("blush"), "MCCCCZ", ring, fill=fill, opacity=0.5, opacity_deltas=fades, clip="face")
    every = [*ring, centre, rim]
    d.moves(side.of("cheekSquint"), every, (3 * s, -13))
    d.moves(side.of("mouthSmile"), every, (3 * s, -6))
    d.moves("cheekPuff", every, lambda x, y: ((x - 112 * s) * 0.35 + 8 * s, (y - 92) * 0.7 + 24))


def _blush_lines(d: Drawing, side: Side) -> None:
    s = side.sign
    lines = [d.line([(98 + 14 * k, 98), (92 + 14 * k, 86)], side) for k in range(3)]
    fades = {side.of("cheekSquint"): 0.35, side.of("mouthSmile"): 0.2}
    d.strokes(side.of("blushLines"), lines, stroke="blush_line", width=3.5, opacity=0.3, opacity_deltas=fades)
    for marks in lines:
        d.moves(side.of("cheekSquint"), marks, (3 * s, -13))
        d.moves(side.of("mouthSmile"), marks, (3 * s, -6))
        d.moves("cheekPuff", marks, (8 * s, 24))


def _folds(d: Drawing, side: Side) -> None:
    s = side.sign
    under_eye = d.line([(60, 72), (78, 84), (104, 84), (124, 68)], side)
    fades = {side.of("cheekSquint"): 0.6, side.of("eyeSquint"): 0.2}
    d.path(side.of("cheekFold"), "MC", under_eye, stroke="skin_deep", width=3.5, opacity=-0.05, opacity_deltas=fades)
    d.moves(side.of("cheekSquint"), under_eye, (0, -8))
    d.moves(side.of("eyeSquint"), under_eye, (0, -5))
    laugh = d.line([(40, 98), (56, 108), (66, 122), (68, 140)], side)
    fades = {side.of("noseSneer"): 0.55, side.of("mouthSmile"): 0.12, side.of("mouthDimple"): 0.15}
    d.path(side.of("laughFold"), "MC", laugh, stroke="skin_deep", width=3, opacity=-0.06, opacity_deltas=fades)
    d.moves(side.of("mouthSmile"), laugh, lambda _x, y: (7 * s, -4 * ramp(y, 90, 140)))
    d.moves(side.of("noseSneer"), laugh, (2 * s, -8))
    shine = d.line([(118, 104), (138, 100), (150, 118), (146, 136)], side)
    d.path(side.of("puffShine"), "MC", shine, stroke="white", width=7, opacity=0, opacity_deltas={"cheekPuff": 0.7})
    d.moves("cheekPuff", shine, (12 * s, 4))
    edge = d.line([(72, 128), (64, 146), (68, 166), (84, 178)], side)
    d.path(side.of("puffEdge"), "MC", edge, stroke="skin_deep", width=3.5, opacity=0, opacity_deltas={"cheekPuff": 0.6})


def nose(d: Drawing) -> None:
    """A small nose: tip, wings that a sneer lifts, wrinkles beside the bridge."""
    tip_z = 118.0
    shade = d.smooth([Knot(-9, 92, True), Knot(0, 84), Knot(9, 92, True), Knot(0, 99)], z=tip_z - 8)
    d.path("noseShade", *shade, fill="skin_deep", opacity=0.35)
    tip = d.line([(-8, 94), (-3, 99), (3, 99), (8, 94)], z=tip_z)
    d.path("noseTip", "MC", tip, stroke="skin_line", width=3.5)
    light = d.oval(1, 76, 3.6, 7, tip_z)
    d.path("noseLight", "MCCCCZ", light, fill="white", opacity=0.6)
    middle = [*shade[1], *tip, *light]
    for side in SIDES:
        s = side.sign
        wing = d.line([(13, 84), (20, 85), (21, 95), (13, 97)], side, z=tip_z - 16)
        fades = {side.of("noseSneer"): 0.6}
        d.path(side.of("noseWing"), "MC", wing, stroke="skin_line", width=3, opacity=0.3, opacity_deltas=fades)
        d.moves(side.of("noseSneer"), wing, (4 * s, -11))
        d.moves(side.of("noseSneer"), middle, (1.5 * s, -4))
        wrinkles = [
            d.line([(x, y), (x + 6, y - 5), (x + 12, y - 6), (x + 17, y - 5)], side)
            for x, y in [(13, 48), (15, 60), (18, 72)]
        ]
        d.strokes(side.of("sneerLines"), wrinkles, stroke="skin_deep", width=3, opacity=-0.1, opacity_deltas=fades)
        for wrinkle in wrinkles:
            d.moves(side.of("noseSneer"), wrinkle, (0, -5))
        d.moves(side.of("mouth"), middle, (2 * s, 0))
