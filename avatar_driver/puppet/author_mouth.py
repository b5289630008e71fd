"""Authors the mouth: two lips that meet wherever they overlap, teeth, tongue, and the marks of its corners."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from avatar_driver.puppet.author_drawing import SIDES, Drawing, Field, Side, ramp

__all__ = ["mouth"]

_HALF: Final = 44.0  # from the middle to a corner
_LEVEL: Final = 0.44  # this share of a half moves as the middle does, which keeps the lips smooth there

# x of the points of half a lip: its corner, two controls, the middle.
_X: Final = (44.0, 37.0, 19.0, 0.0)


class Move(NamedTuple):
    """How a part of the mouth moves: sideways at the corner, up and down in the middle and at the corner.

    Between, `power` shapes the curve: 2 is a bow, more is a box with round corners.
    """

    spread: float = 0.0
    middle: float = 0.0
    corner: float = 0.0
    power: float = 2.0

    def field(self, x: float, _y: float) -> tuple[float, float]:
        return self.at(x)

    def at(self, x: float) -> tuple[float, float]:
        t = min(abs(x) / _HALF, 1.0)
        bend = max(t - _LEVEL, 0.0) / (1 - _LEVEL)
        across = self.spread * t if x >= 0 else -self.spread * t
        return across, self.middle + (self.corner - self.middle) * bend**self.power


# channel → (upper lip's line, lower lip's line, upper lip's outer edge, lower lip's outer edge); the outer edges follow
# their lines, so theirs is only how thick the lip becomes.
_BOTH: Final = {
    "jawOpen": (Move(-3, -4, 12, 3), Move(-3, 78, 12, 6), Move(), Move(0, -1)),
    "closedJaw": (Move(3, 15, 2, 2), Move(3, -70, 2, 6), Move(0, 1), Move(0, -2)),
    "mouthClose": (Move(0, 4, 1), Move(0, -3, 1), Move(0, 4), Move(0, -3)),
    "mouthFunnel": (Move(-17, -11, 0, 3), Move(-17, 17, 0, 4), Move(0, -5, 0), Move(0, 6, 0)),
    "mouthPucker": (Move(-21, -1, 0), Move(-21, 2, 0), Move(0, -5, 0), Move(0, 7, 0)),
    "mouthRollLower": (Move(0, 3, 0), Move(0, -1, 0), Move(), Move(0, -9, 0)),
    "mouthRollUpper": (Move(0, 3, 0), Move(0, 4, 0), Move(0, 10, 0), Move()),
    "mouthShrugLower": (Move(0, -9, 3), Move(0, -10, 3), Move(0, 1), Move(0, 5, 0)),
    "mouthShrugUpper": (Move(0, -9, 2), Move(0, -6, 2), Move(0, -6, 0), Move(0, -1)),
    "jawForward": (Move(), Move(0, 3, 0), Move(), Move(4, 5, 0)),
    "cheekPuff": (Move(-7, 0, 0), Move(-7, 0, 0), Move(0, -1), Move(0, 2)),
    "tongueOut": (Move(0, -2, 0), Move(0, 13, 0, 4), Move(), Move()),
}
_SIDED: Final = {
    "mouthSmile": (Move(17, 4, -17), Move(17, 5, -17), Move(0, 1), Move(0, -2)),
    "mouthFrown": (Move(3, -3, 17), Move(3, -2, 17), Move(), Move(0, 2)),
    "mouthDimple": (Move(9, 0, -4), Move(9, 0, -4), Move(0, 1), Move(0, -2)),
    "mouthStretch": (Move(16, 0, 7), Move(16, 5, 7, 4), Move(0, 2), Move(0, -3)),
    "mouthPress": (Move(3, 2, -2), Move(3, -1, -2), Move(0, 5, 0), Move(0, -6, 0)),
    "mouthLowerDown": (Move(), Move(2, 19, 0, 4), Move(), Move(0, -1)),
    "mouthUpperUp": (Move(2, -16, -1, 4), Move(), Move(0, 1), Move()),
    "noseSneer": (Move(0, -7, -3, 3), Move(), Move(0, -2), Move()),
}


class _Lips(NamedTuple):
    """Points from the subject's right corner to their left, seven each; the corners are shared."""

    upper: list[int]
    lower: list[int]
    upper_edge: list[int]
    lower_edge: list[int]


def mouth(d: Drawing) -> None:
    """The whole mouth, painted from the inside out."""
    d.driver("closedJaw", product=["jawOpen", "mouthClose"])
    d.driver("tongueShown", sum={"tongueOut": 6}, bias=-0.2, limits=[0, 1])
    lips = _lips(d)
    _move(d, lips)
    inside = d.path("mouth", "MCCCCZ", _ring(lips.upper, lips.lower), fill=_inside(d, lips))
    _teeth(d, lips, inside)
    _lower_lip(d, lips)
    _tongue_out(d, lips)
    _upper_lip(d, lips)
    _marks(d)


def _row(d: Drawing, heights: Iterable[float]) -> list[int]:
    left = list(zip(_X, heights, strict=True))
    right = [(-x, y) for x, y in left]
    return d.line([*right, *reversed(left[:-1])])


def _lips(d: Drawing) -> _Lips:
    upper = _row(d, (140.5, 145, 149, 148))
    lower = [upper[0], *_row(d, (140.5, 145, 149, 148))[1:-1], upper[-1]]
    upper_edge = [upper[0], *_row(d, (140.5, 140, 136, 138.5))[1:-1], upper[-1]]
    lower_edge = [upper[0], *_row(d, (140.5, 153, 159, 159.5))[1:-1], upper[-1]]
    for k in range(1, 6):
        d.pair(upper[k], lower[k], 0.45)
        d.follows(upper_edge[k], upper[k])
        d.follows(lower_edge[k], lower[k])
    return _Lips(upper, lower, upper_edge, lower_edge)


def _move(d: Drawing, lips: _Lips) -> None:
    corners = {lips.upper[0], lips.upper[-1]}
    for channel, parts in _BOTH.items():
        for line, part in zip(lips, parts, strict=True):
            d.moves(channel, [i for i in line if line is lips.upper or i not in corners], part.field)
    for base, parts in _SIDED.items():
        for side in SIDES:
            for line, part in zip(lips, parts, strict=True):
                points = [i for i in line if line is lips.upper or i not in corners]
                d.moves(side.of(base), points, _half(part, side))
    for side in SIDES:
        _move_aside(d, lips, side.of("mouth"), side.of("jaw"), side.sign)


def _move_aside(d: Drawing, lips: _Lips, mouth: str, jaw: str, s: int) -> None:
    inner_lower = lips.lower[1:-1]
    d.moves(mouth, [*lips.upper, *inner_lower], lambda x, _y: (23 * s, -4 * ramp(s * x, 20, 44)))
    d.moves(jaw, lips.upper, (8 * s, 0))
    d.moves(jaw, inner_lower, lambda x, _y: (s * (8 + 9 * ramp(abs(x), 44, 15)), 2))


def _half(move: Move, side: Side) -> Field:
    """A move of one side, which fades out over the middle."""

    def field(x: float, _y: float) -> tuple[float, float]:
        share = ramp(side.sign * x, -36, 36)
        dx, dy = move.at(x)
        return dx * (1 if side.sign * x > 0 else 0), dy * share

    return field


def _ring(upper: list[int], lower: list[int]) -> list[int]:
    return [*upper, *lower[-2::-1]]


def _inside(d: Drawing, lips: _Lips) -> dict[str, object]:
    start, end = d.point(0, 140), d.point(0, 158)
    d.follows(start, lips.upper[3])
    d.follows(end, lips.lower[3])
    return {"linear": [start, end], "stops": [(0, "mouth_dark", 1), (0.75, "mouth", 1), (1, "mouth", 1)]}


def _mirrored(half: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(-x, y) for x, y in reversed(half[:-1])]


def _teeth(d: Drawing, lips: _Lips, inside: str) -> None:
    half = [(44.0, 120.0), (44, 147), (32, 155), (14, 156), (0, 156)]
    upper = d.line([*half, *_mirrored(half)])
    d.moves("jawOpen", upper, (0, 4))
    d.moves("mouthFunnel", upper, (0, -9))
    d.moves("mouthPucker", upper, (0, -8))
    for side in SIDES:
        d.moves(side.of("mouthSmile"), upper, _half(Move(10, 3, -10), side))
        d.moves(side.of("mouth"), upper, (9 * side.sign, 0))
    half = [(40, 196), (38, 163), (30, 158), (14, 157), (0, 157)]
    lower = d.line([*half, *_mirrored(half)])
    d.moves("jawOpen", lower, (0, 80))
    d.moves("mouthFunnel", lower, (0, 14))
    d.moves("jawForward", lower, (0, -4))
    for side in SIDES:
        d.moves(side.of("jaw"), lower, (15 * side.sign, 2))
        d.moves(side.of("mouth"), lower, (9 * side.sign, 0))
    tongue = d.oval(0, 184, 27, 26)
    d.moves("jawOpen", tongue, (0, 48))
    d.moves("mouthFunnel", tongue, (0, 14))
    for side in SIDES:
        d.moves(side.of("jaw"), tongue, (12 * side.sign, 2))
    top, bottom = d.point(0, 200), d.point(0, 236)
    fill = {"linear": [top, bottom], "stops": [(0, "tongue", 1), (1, "tongue_shade", 1)]}
    d.path("tongueIn", "MCCCCZ", tongue, fill=fill, clip=inside)
    # A little dusk behind the lips, so that teeth do not glare.
    d.path("lowerTeeth", "MLCCLZ", lower, fill="teeth", stroke="mouth", width=1.5, clip=inside)
    d.path("upperTeeth", "MLCCLZ", upper, fill="teeth", stroke="mouth", width=1.5, clip=inside)
    dusk = d.line([(-x, y) for x, y in zip(_X, (146, 150, 154, 154), strict=True)])
    dusk += d.line([(x, y) for x, y in zip(_X[-2::-1], (154, 150, 146), strict=True)])
    for child, parent in zip(dusk, lips.upper, strict=True):
        d.follows(child, parent)
    d.path("teethDusk", "MCCLCCZ", [*lips.upper, *reversed(dusk)], fill="mouth_dark", opacity=0.35, clip=inside)


def _tongue_out(d: Drawing, lips: _Lips) -> None:
    shape = [(-23, 150), (-25, 172), (-25, 205), (0, 206), (25, 205), (25, 172), (23, 150), (12, 146), (-12, 146)]
    groove = [(0, 160), (1, 170), (1, 180), (0, 190)]
    points, line = ([d.point(x, 150 + (y - 150) * 0.2, 84) for x, y in part] for part in (shape, groove))
    top, bottom = d.point(0, 150, 84), d.point(0, 165, 84)
    parts = [*shape, *groove, (0, 150), (0, 206)]
    for i, (_, y) in zip([*points, *line, top, bottom], parts, strict=True):
        d.moves("tongueOut", [i], (0, (y - 150) * 0.8))
        hang = ramp(y, 146, 190)
        d.follows(i, lips.lower[3], 0.9, 0.35 + 0.4 * hang)
        d.follows(i, lips.upper[3], 0.1, 0.25 * (1 - hang))
    fades = {"tongueShown": 1.0}
    stops = [(0, "mouth", 1), (0.22, "tongue_shade", 1), (0.6, "tongue", 1), (1, "tongue", 1)]
    fill = {"linear": [top, bottom], "stops": stops}
    ring = [*points, points[0]]
    d.path("tongueOut", "MCCCZ", ring, fill=fill, opacity=0, opacity_deltas=fades)
    d.path("tongueEdge", "MCC", points[:7], stroke="mouth", width=3, opacity=0, opacity_deltas=fades)
    d.path("tongueGroove", "MC", line, stroke="tongue_shade", width=3.5, opacity=0, opacity_deltas=fades)


def _lower_lip(d: Drawing, lips: _Lips) -> None:
    d.path("lowerLip", "MCCCCZ", _ring(lips.lower, lips.lower_edge), fill="lips", opacity=0.75)
    light = d.oval(0, 153.5, 13, 2.4)
    for i in set(light):
        d.follows(i, lips.lower[3])
    d.path("lipLight", "MCCCCZ", light, fill="white", opacity=0.4, opacity_deltas={"mouthRollLower": -0.5})
    d.path("lowerLine", "MCC", lips.lower, stroke="mouth_line", width=2.5, opacity=0.7)


def _upper_lip(d: Drawing, lips: _Lips) -> None:
    d.path("upperLip", "MCCCCZ", _ring(lips.upper_edge, lips.upper), fill="lips_shade", opacity=0.6)
    d.path("upperLine", "MCC", lips.upper, stroke="mouth_line", width=4)


def _marks(d: Drawing) -> None:
    """Small lines that tell apart what moves the lips alike."""
    for side in SIDES:
        _mark(d, side, "dimple", [(55, 134), (61, 139), (61, 147), (55, 152)], "mouthDimple", 0.9)
        _mark(d, side, "press", [(14, 169), (22, 170), (32, 168), (40, 160)], "mouthPress", 0.75)
        _mark(d, side, "pressOver", [(16, 129), (24, 129), (33, 132), (40, 137)], "mouthPress", 0.55)
        _mark(d, side, "frown", [(52, 158), (56, 166), (56, 172), (53, 180)], "mouthFrown", 0.6)
        _mark(d, side, "stretch", [(70, 138), (77, 150), (77, 162), (70, 174)], "mouthStretch", 0.7)
        _mark(d, side, "shrug", [(50, 162), (42, 172), (36, 176), (28, 178)], "mouthShrugLower", 0.5)
        _mark(d, side, "philtrum", [(5, 112), (5.5, 117), (6, 121), (7, 125)], "mouthShrugUpper", 0.8)
        _mark(d, side, "pucker", [(10, 170), (9.5, 173), (9.5, 176), (10.5, 179)], "mouthPucker", 0.7)
        _mark(d, side, "funnel", [(38, 126), (47, 136), (48, 162), (40, 174)], "mouthFunnel", 0.4)


def _mark(d: Drawing, side: Side, name: str, places: list[tuple[float, float]], channel: str, shown: float) -> None:
    own = channel if channel.startswith(("mouthShrug", "mouthPucker", "mouthFunnel")) else side.of(channel)
    points = d.line(places, side)
    low_marks = {"jawOpen": -0.8} if places[0][1] > 160 else {}
    fades = {own: shown + 0.1, **low_marks}  # small values, of which a tracker has many, draw no lines
    d.path(side.of(f"{name}Mark"), "MC", points, stroke="skin_deep", width=3, opacity=-0.1, opacity_deltas=fades)
    low = ramp(places[0][1], 140, 165)
    d.moves("jawOpen", points, (0, 60 * low))
    for other in SIDES:
        d.moves(other.of("mouth"), points, (20 * other.sign, 0))
        d.moves(other.of("jaw"), points, (14 * low * other.sign, 0))
    d.moves(side.of("mouthSmile"), points, (12 * side.sign, -10))
    d.moves(side.of("mouthFrown"), points, (2 * side.sign, 8))
