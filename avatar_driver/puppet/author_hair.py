"""Authors the hair: a back that stays behind the neck, a cap with a fringe, side locks, all at their own depths."""

from avatar_driver.puppet.author_drawing import SIDES, Drawing, Knot, Side, ramp

__all__ = ["back_hair", "fringe_shadow", "front_hair", "side_hair"]

# The lower edge of the fringe from the subject's right to their left, in the picture from left to right.
_FRINGE = [
    Knot(-161, 36, True),
    Knot(-157, -34),
    Knot(-132, -98, True),
    Knot(-132, -60),
    Knot(-114, -36, True),
    Knot(-92, -66),
    Knot(-62, -110, True),
    Knot(-62, -74),
    Knot(-44, -40, True),
    Knot(-18, -72),
    Knot(6, -122, True),
    Knot(16, -84),
    Knot(34, -50, True),
    Knot(54, -80),
    Knot(66, -112, True),
    Knot(78, -74),
    Knot(108, -40, True),
    Knot(122, -66),
    Knot(132, -100, True),
    Knot(156, -40),
    Knot(161, 32, True),
]
_CROWN = [
    Knot(193, -40),
    Knot(187, -130),
    Knot(138, -214),
    Knot(66, -256),
    Knot(0, -266),
    Knot(-66, -256),
    Knot(-138, -214),
    Knot(-187, -130),
    Knot(-193, -40),
]


def _hang(_x: float, y: float) -> float:
    """Long hair hangs: its ends follow the head's turn less."""
    return 1.0 - 0.5 * ramp(y, 60, 330)


def back_hair(d: Drawing) -> None:
    """The hair behind the neck and the shoulders."""
    half = [
        Knot(0, -262),
        Knot(120, -226),
        Knot(198, -120),
        Knot(212, 20),
        Knot(210, 150),
        Knot(226, 262),
        Knot(206, 318, True),
        Knot(178, 296),
        Knot(164, 334, True),
        Knot(132, 306),
        Knot(112, 330, True),
        Knot(60, 290),
        Knot(0, 290),
    ]
    knots = [*half, *[Knot(-k.x, k.y, k.sharp) for k in reversed(half[1:-1])]]
    commands, points = d.smooth(knots, z=-58, weight=_hang)
    top, bottom = d.point(0, -60, -58), d.point(0, 320, -58, 0.5)
    fill = {"linear": [top, bottom], "stops": [(0, "hair_deep", 1), (0.55, "hair_deep", 1), (1, "hair_tip", 1)]}
    d.path("backHair", commands, points, fill=fill, stroke="hair_line", width=4)
    _middle_hair(d, fill)
    for side in SIDES:
        strands = [
            d.line([(x, y), (x + 6, y + 40), (x + 4, y + 70), (x - 4, y + 96)], side, -57, 0.7)
            for x, y in [(186, 200), (150, 210)]
        ]
        d.strokes(side.of("backStrands"), strands, stroke="hair_line", width=3, opacity=0.5)


def _middle_hair(d: Drawing, fill: dict[str, object]) -> None:
    """What is seen between the face and a lock when the head turns far."""
    strip = [(112, -170), (182, -110), (192, 20), (188, 150), (184, 276), (128, 254), (104, 150), (100, 0)]
    for side in SIDES:
        commands, points = d.smooth(strip, side, z=2, weight=_hang)
        d.path(side.of("middleHair"), commands, points, fill=fill)


def fringe_shadow(d: Drawing) -> None:
    """The shade that the fringe throws on the forehead."""
    lower = [Knot(k.x * 1.02, k.y + 17, k.sharp) for k in _FRINGE]
    knots = [*lower, Knot(190, -120, True), Knot(0, -230), Knot(-190, -120, True)]
    commands, points = d.smooth(knots, z=lambda _x, y: 70 + 10 * ramp(y, 0, -100))
    d.path("fringeShadow", commands, points, fill="skin_shadow", opacity=0.7, clip="face")


def _fringe_depth(x: float, y: float) -> float:
    return 118 - 70 * (abs(x) / 180) ** 2 - 50 * ramp(y, -160, -266)


def front_hair(d: Drawing) -> None:
    """Cap and fringe in one, with strands, shine and the one hair that will not lie down."""
    _antenna(d)
    commands, points = d.smooth([*_FRINGE, *_CROWN], z=_fringe_depth)
    top, bottom = d.point(0, -250, 80), d.point(0, -20, 110)
    fill = {"linear": [top, bottom], "stops": [(0, "hair", 1), (0.6, "hair", 1), (1, "hair_light", 1)]}
    d.path("frontHair", commands, points, fill=fill, stroke="hair_line", width=4)
    _gap_shades(d)
    _shine(d)
    strands = [
        [(-8, -262), (-40, -220), (-66, -170), (-62, -110)],
        [(-4, -262), (-6, -220), (2, -170), (6, -122)],
        [(6, -262), (46, -220), (68, -170), (66, -112)],
        [(30, -258), (96, -230), (134, -160), (132, -100)],
        [(-30, -258), (-96, -230), (-134, -160), (-132, -98)],
    ]
    lines = [[d.point(x, y, _fringe_depth(x, y)) for x, y in places] for places in strands]
    d.strokes("strands", lines, stroke="hair_line", width=3, opacity=0.55)


def _gap_shades(d: Drawing) -> None:
    """The shade where two strands of the fringe part."""
    places = [(0, -66), (6, -6), (11, 48), (0, 2), (-11, 48), (-6, -6)]
    commands = ""
    points: list[int] = []
    for gap in _FRINGE[2:-2:4]:
        wedge = [Knot(gap.x + x, gap.y + y, i % 2 == 0) for i, (x, y) in enumerate(places)]
        more, own = d.smooth(wedge, z=_fringe_depth)
        commands, points = commands + more, points + own
    d.path("gapShades", commands, points, fill="hair_deep", opacity=0.45, clip="frontHair")


def _shine(d: Drawing) -> None:
    """A ring of light around the crown, broken like hair."""
    upper = [(-150, -128), (-120, -168), (-80, -186), (-40, -178), (0, -192), (40, -178), (80, -186), (120, -168)]
    lower = [(150, -128), (120, -150), (92, -158), (70, -148), (44, -162), (16, -150), (0, -166), (-20, -150)]
    tail = [(-44, -162), (-70, -146), (-92, -158), (-120, -150)]
    knots = [*[Knot(*place) for place in upper], *[Knot(x, y, k % 2 == 1) for k, (x, y) in enumerate([*lower, *tail])]]
    commands, points = d.smooth(knots, z=lambda x, y: _fringe_depth(x, y) + 26)
    d.path("hairShine", commands, points, fill="hair_shine", opacity=0.55, clip="frontHair")


def _antenna(d: Drawing) -> None:
    knots = [
        Knot(-7, -258, True),
        Knot(-16, -300),
        Knot(14, -332),
        Knot(62, -316, True),
        Knot(18, -314),
        Knot(2, -294),
        Knot(9, -258, True),
    ]
    commands, points = d.smooth(knots, z=70)
    d.path("antenna", commands, points, fill="hair", stroke="hair_line", width=4)


def side_hair(d: Drawing) -> None:
    """The locks before the ears, that hang over the shoulders."""
    for side in SIDES:
        _lock(d, side)


def _lock(d: Drawing, side: Side) -> None:
    knots = [
        Knot(134, -120, True),
        Knot(156, -30),
        Knot(152, 60),
        Knot(154, 150),
        Knot(138, 240),
        Knot(152, 300, True),
        Knot(176, 262),
        Knot(182, 290, True),
        Knot(202, 214),
        Knot(198, 120),
        Knot(202, 20),
        Knot(194, -70),
        Knot(170, -150, True),
    ]
    commands, points = d.smooth(knots, side, z=58, weight=_hang)
    x = 172 * side.sign
    top, bottom = d.point(x, -60, 58), d.point(x, 285, 58, 0.6)
    fill = {"linear": [top, bottom], "stops": [(0, "hair", 1), (0.5, "hair", 1), (1, "hair_tip", 1)]}
    d.path(side.of("lock"), commands, points, fill=fill, stroke="hair_line", width=4)
    inner = [(134, -120), (156, -30), (152, 60), (154, 150), (138, 240), (152, 300), (166, 200), (165, 60), (166, -60)]
    shade, places_of = d.smooth(inner, side, z=59, weight=_hang)
    d.path(side.of("lockShade"), shade, places_of, fill="hair_deep", opacity=0.3, clip=side.of("lock"))
    strands = [
        [(164, -60), (176, 20), (166, 100), (170, 200)],
        [(182, -20), (192, 60), (180, 130), (186, 220)],
    ]
    lines = [[d.point(px * side.sign, py, 60, _hang(px, py)) for px, py in places] for places in strands]
    d.strokes(side.of("lockStrands"), lines, stroke="hair_line", width=3, opacity=0.5)
