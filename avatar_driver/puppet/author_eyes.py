"""Authors the eyes: lids that close by themselves whatever else moves them, iris and lashes, and the brows."""

from avatar_driver.puppet.author_drawing import SIDES, Drawing, Side, bulge, ramp

__all__ = ["brows", "eyes"]

# Upper and lower lid have their points at the same x, in pairs: so the curves cannot cross where the pairs do not.
_X = (36, 42, 62, 88, 112, 130, 136)
_UPPER = (26, -2, -27, -29, -31, -14, 10)
_LOWER = (26, 42, 55, 56, 57, 44, 10)
_CLOSED = (31, 42, 49, 49, 49, 40, 20)  # where the lids meet in a blink: a gentle bow
_SMILING = (31, 22, 6, 5, 4, 14, 24)  # where they meet when the cheek pushes them up
_MIDDLE = (0, 0.45, 1, 1, 1, 0.5, 0)  # even over the middle three, which keeps the curve smooth there

_IRIS = (86.0, 12.0, 34.0, 42.0)


def eyes(d: Drawing) -> None:
    """Both eyes without their brows."""
    for side in SIDES:
        _drivers(d, side)
        upper = d.line(zip(_X, _UPPER, strict=True), side)
        lower = [upper[0], *d.line(list(zip(_X, _LOWER, strict=True))[1:-1], side), upper[-1]]
        _lids(d, side, upper, lower)
        _socket(d, side, upper)
        opening = [*upper, *reversed(lower[:-1])]
        name = d.path(side.of("eye"), "MCCCCZ", opening, fill=_white(d, upper, lower))
        _iris(d, side, _shade(d, side, upper), name)
        _lashes(d, side, upper, lower)


def _drivers(d: Drawing, side: Side) -> None:
    # A tracker's blink of .85 is a closed eye, and its .1 an open one.
    d.driver(side.of("lid"), sum={side.of("eyeBlink"): 1.3}, bias=-0.1, limits=[0, 1])
    raised = {side.of("mouthSmile"): 0.9, side.of("cheekSquint"): 0.6}
    d.driver(side.of("cheek"), sum=raised, bias=-0.1, limits=[0, 1])
    d.driver(side.of("happyLid"), product=[side.of("lid"), side.of("cheek")])
    d.driver(side.of("openLid"), sum={side.of("lid"): -1}, bias=1)
    # What moves open lids does not open closed ones.
    for name, channel in (("lowered", "eyeLookDown"), ("raised", "eyeLookUp"), ("widened", "eyeWide")):
        d.driver(side.of(name), product=[side.of(channel), side.of("openLid")])


def _lids(d: Drawing, side: Side, upper: list[int], lower: list[int]) -> None:
    for k in range(len(_X)):
        middle = _MIDDLE[k]
        rest_up, rest_low, closed = _UPPER[k], _LOWER[k], _CLOSED[k]
        up, low = [upper[k]], [lower[k]]
        d.moves(side.of("lid"), up, (0, closed - rest_up))
        if up == low:
            d.moves(side.of("happyLid"), up, (0, _SMILING[k] - closed))
            d.moves(side.of("eyeSquint"), up, (0, 2 if k else 0))
            continue
        d.moves(side.of("lid"), low, (0, closed - rest_low))
        for lid in (up, low):
            d.moves(side.of("happyLid"), lid, (0, _SMILING[k] - closed))
        d.moves(side.of("lowered"), up, (0, 20 * middle + 3))
        d.moves(side.of("lowered"), low, (0, 5 * middle))
        d.moves(side.of("raised"), up, (0, -6 * middle - 2))
        d.moves(side.of("raised"), low, (0, -5 * middle))
        d.moves(side.of("widened"), up, (0, -18 * middle - 3))
        d.moves(side.of("widened"), low, (0, 6 * middle))
        d.moves(side.of("eyeSquint"), up, (0, 14 * middle + 4))
        d.moves(side.of("eyeSquint"), low, (0, -17 * middle - 2))
        d.moves(side.of("cheekSquint"), low, (0, -9 * middle))
        d.moves(side.of("mouthSmile"), low, (0, -4 * middle))
        d.moves(side.of("browDown"), up, (0, 4 * middle))
        d.moves(side.of("noseSneer"), low, (0, -4 * middle))
        d.pair(upper[k], lower[k], 1)


def _white(d: Drawing, upper: list[int], lower: list[int]) -> dict[str, object]:
    x, top, *_ = d.points[upper[3]]
    start, end = d.point(x, top), d.point(x, _LOWER[3])
    d.follows(start, upper[3])
    d.follows(end, lower[3])
    return {"linear": [start, end], "stops": [(0, "eye_white_shade", 1), (0.45, "eye_white", 1), (1, "eye_white", 1)]}


def _socket(d: Drawing, side: Side, upper: list[int]) -> None:
    """A breath of shade on the lid: soft make-up that shows when the eye is closed."""
    top = d.line([(38, 14), (44, -20), (62, -54), (90, -55), (118, -56), (140, -34), (146, 0)], side)
    shade = [*upper, *reversed(top)]
    d.path(side.of("lidShade"), "MCCLCCZ", shade, fill="lid", opacity=0.2)
    for child, parent in zip(top, upper, strict=True):
        d.follows(child, parent, 1, 0.22)


def _iris(d: Drawing, side: Side, shade: list[int], eye: str) -> None:
    s = side.sign
    x, y, rx, ry = _IRIS
    x *= s
    z = bulge(x, y) - 8  # a little inside, so that it turns as a ball does
    disc = d.oval(x, y, rx, ry, z)
    top, bottom = d.point(x, y - ry, z), d.point(x, y + ry, z)
    fill = {"linear": [top, bottom], "stops": [(0, "iris_dark", 1), (0.5, "iris", 1), (1, "iris_light", 1)]}
    d.path(side.of("iris"), "MCCCCZ", disc, fill=fill, clip=eye)
    glow = d.oval(x, y + 19, 20, 15, z)
    centre, rim = d.point(x, y + 21, z), d.point(x, y + 40, z)
    shine = {"radial": [centre, rim], "stops": [(0, "iris_glow", 0.95), (1, "iris_glow", 0)]}
    d.path(side.of("irisGlow"), "MCCCCZ", glow, fill=shine, clip=eye)
    pupil = d.oval(x, y - 1, 14, 18, z)
    d.path(side.of("pupil"), "MCCCCZ", pupil, fill="pupil", clip=eye)
    d.path(side.of("irisRim"), "MCCCCZ", disc, stroke="pupil", width=4.5, clip=eye)
    d.path(side.of("eyeShade"), "MCCLCCZ", shade, fill="lash", opacity=0.2, clip=eye)
    # The light falls from one place: highlights are not mirrored.
    big = d.oval(x - 11, y - 15, 10, 12.5, z + 3)
    small = d.oval(x + 12, y + 17, 5.5, 6.5, z + 3)
    for name, spot, opacity in (("irisLight", big, 0.97), ("irisSpark", small, 0.85)):
        d.path(side.of(name), "MCCCCZ", spot, fill="eye_white", opacity=opacity, clip=eye)
    ball = [*disc, top, bottom, *glow, centre, rim, *pupil]
    lights = [*big, *small]
    _gaze(d, side, ball, 1.0)
    _gaze(d, side, lights, 0.8)
    d.moves(side.of("eyeWide"), [*ball, *lights], lambda px, py: ((px - x) * -0.13, (py - y) * -0.13))
    d.moves(side.of("eyeWide"), pupil, lambda px, py: ((px - x) * -0.15, (py - y) * -0.15))
    d.moves(side.of("lid"), [*ball, *lights], (0, 8))


def _gaze(d: Drawing, side: Side, points: list[int], share: float) -> None:
    s = side.sign * share
    d.moves(side.of("eyeLookOut"), points, (25 * s, 0))
    d.moves(side.of("eyeLookIn"), points, (-25 * s, 0))
    d.moves(side.of("eyeLookUp"), points, (0, -19 * share))
    d.moves(side.of("eyeLookDown"), points, (0, 19 * share))


def _shade(d: Drawing, side: Side, upper: list[int]) -> list[int]:
    """The shadow of the upper lid on the ball."""
    edge = d.line([(x, y + 15 * (1 - abs(x - 86) / 70)) for x, y in zip(_X, _UPPER, strict=True)], side)
    for child, parent in zip(edge, upper, strict=True):
        d.follows(child, parent)
    return [*upper, *reversed(edge)]


def _lashes(d: Drawing, side: Side, upper: list[int], lower: list[int]) -> None:
    # Offsets from the lid's own points: thin at the nose, a wing at the temple.
    offsets = ((-1, -1), (-3, -6), (-2, -11), (0, -12), (4, -13), (10, -14), (17, -13))
    places = [(x + dx, y + dy) for x, y, (dx, dy) in zip(_X, _UPPER, offsets, strict=True)]
    top = d.line(places, side)
    for child, parent in zip(top, upper, strict=True):
        d.follows(child, parent)
    d.moves(side.of("lid"), [top[-1]], (2 * side.sign, 15))
    d.moves(side.of("happyLid"), [top[-1]], (0, -4))
    outline = [*upper, *reversed(top)]
    d.path(side.of("lash"), "MCCLCCZ", outline, fill="lash")
    _spikes(d, side, upper)
    crease = d.line([(46, -22), (62, -52), (88, -53), (114, -54), (130, -36)], side)
    d.path(side.of("lidCrease"), "MC", [crease[0], crease[1], crease[3], crease[4]], stroke="skin_line", width=3)
    d.paths[-1]["opacity"] = 0.65
    for child, parent in zip(crease, upper[1:6], strict=True):
        d.follows(child, parent, 1, 0.25)
    under = {"linear": [lower[3], lower[6]], "stops": [(0, "lash", 0), (0.6, "lash", 0.75), (1, "lash", 0.9)]}
    d.path(side.of("lowerLash"), "MC", lower[3:7], stroke=under, width=3.5)
    d.path(side.of("lowerLid"), "MCC", lower, stroke="skin_line", width=2.5, opacity=0.45)


def _spikes(d: Drawing, side: Side, upper: list[int]) -> None:
    """Single lashes near the temple. Each rides on one place of the lid's curve, whatever shape that takes."""
    for k, (t, dx, dy) in enumerate([(0.78, 17, -14), (0.52, 12, -17)]):
        shares = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
        x = sum(share * place for share, place in zip(shares, _X[3:], strict=True))
        y = sum(share * place for share, place in zip(shares, _UPPER[3:], strict=True))
        spike = d.line([(x - 5, y - 6), (x + dx, y + dy), (x + 6, y - 2)], side)
        d.path(side.of(f"lashSpike{k}"), "MLLZ", spike, fill="lash", opacity_deltas={side.of("lid"): -1.2})
        for i in spike:
            for share, parent in zip(shares, upper[3:], strict=True):
                d.follows(i, parent, share, share)


def brows(d: Drawing) -> None:
    """Brows that taper to the temple, and the furrow between them."""
    for side in SIDES:
        s = side.sign
        ring = [(30, -75), (58, -92), (104, -102), (146, -72), (106, -93), (64, -82), (32, -65), (27, -66), (26, -72)]
        points = d.line([*ring, ring[0]], side)
        d.path(side.of("brow"), "MCCCZ", points, fill="brow", stroke="brow", width=2)
        inner = [ramp(abs(d.points[i][0]), 110, 25) for i in points]
        for i, share in zip(points, inner, strict=True):
            d.moves(side.of("browDown"), [i], (-9 * s * share, 9 + 19 * share))
            d.moves("browInnerUp", [i], (-3 * s * share, -26 * share + 12 * (1 - share)))
            d.moves(side.of("browOuterUp"), [i], (2 * s, -5 - 25 * (1 - share)))
            d.moves(side.of("eyeWide"), [i], (0, -5))
            d.moves(side.of("lid"), [i], (0, 4))
            d.moves(side.of("eyeSquint"), [i], (0, 3))
            d.moves(side.of("noseSneer"), [i], (0, 6 * share))
        furrow = d.line([(9, -64), (13, -57), (13, -48), (10, -40)], side)
        fades = {side.of("browDown"): 0.6}
        d.path(side.of("furrow"), "MC", furrow, stroke="skin_deep", width=3, opacity=-0.1, opacity_deltas=fades)
        d.moves(side.of("browDown"), furrow, (0, 9))
