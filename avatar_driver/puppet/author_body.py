"""Authors the shoulders and what is worn on them: a hooded jacket over a light shirt."""

from avatar_driver.puppet.author_drawing import SIDES, Drawing, Knot, Side, ramp

__all__ = ["hood", "jacket"]

_BOTTOM = 760  # far below the view, for a puppet that stands up


def _sway(_x: float, y: float) -> float:
    """Shoulders lean a little with the head, the chest hardly."""
    return 0.02 + 0.07 * ramp(y, 480, 320)


def hood(d: Drawing) -> None:
    """The hood behind the neck."""
    half = [(0, 236), (70, 240), (128, 268), (150, 318), (128, 380), (60, 420)]
    knots = [*half, *[(-x, y) for x, y in reversed(half[1:])]]
    commands, points = d.smooth(knots, z=-90, weight=0.1)
    d.path("hoodBack", commands, points, fill="outfit_deep", stroke="outfit_line", width=4)


def jacket(d: Drawing) -> None:
    """Shirt, jacket, the folded hood in front, cords and zip."""
    _shirt(d)
    for side in SIDES:
        half = [
            Knot(0, 470, True),
            Knot(40, 408),
            Knot(104, 330, True),
            Knot(190, 356),
            Knot(268, 392),
            Knot(322, 456),
            Knot(346, 560),
            Knot(356, _BOTTOM, True),
            Knot(0, _BOTTOM, True),
        ]
        commands, points = d.smooth(half, side, z=-10, weight=_sway)
        fill = d.linear((60, 340), (150, 620), (0, "outfit", 1), (1, "outfit_shade", 1), side=side)
        for i in fill["linear"]:
            d.points[i] = (*d.points[i][:2], -10, 0.05)
        d.path(side.of("jacket"), commands, points, fill=fill, stroke="outfit_line", width=4)
        sleeve = d.line([(262, 760), (256, 640), (248, 560), (226, 500)], side, z=-10, weight=0.02)
        d.path(side.of("sleeveSeam"), "MC", sleeve, stroke="outfit_line", width=3.5, opacity=0.6)
        seam = d.line([(206, 362), (224, 400), (226, 450), (226, 500)], side, z=-10, weight=0.04)
        d.path(side.of("shoulderSeam"), "MC", seam, stroke="outfit_line", width=3, opacity=0.35)
        _stripe(d, side.sign)
    zip_line = d.line([(0, 474), (0, _BOTTOM)], z=-8, weight=0.02)
    d.path("zip", "ML", zip_line, stroke="outfit_line", width=5)
    pull = d.smooth([Knot(-5, 476), Knot(5, 476), Knot(6, 504), Knot(-6, 504)], z=-6, weight=0.02)
    d.path("zipPull", *pull, fill="accent", stroke="outfit_line", width=3)
    for side in SIDES:
        _lapel(d, side)


def _stripe(d: Drawing, s: int) -> None:
    name = "Left" if s > 0 else "Right"
    stripes = []
    for shift in (0, 16):
        places = [(286 - shift, 410), (322 - shift, 470), (326 - shift, 560), (330 - shift, 700)]
        stripes.append([d.point(x * s, y + shift * 0.2, -10, 0.02) for x, y in places])
    d.strokes(f"stripes{name}", stripes, stroke="accent", width=6, clip=f"jacket{name}", opacity=0.9)


def _shirt(d: Drawing) -> None:
    half = [Knot(0, 392, True), Knot(46, 372), Knot(88, 336, True), Knot(150, 380), Knot(120, 480), Knot(0, 560, True)]
    knots = [*half, *[Knot(-k.x, k.y, k.sharp) for k in reversed(half[1:-1])]]
    commands, points = d.smooth(knots, z=-14, weight=0.06)
    d.path("shirt", commands, points, fill="shirt", stroke="outfit_line", width=3)
    rib = d.line([(-86, 342), (-50, 384), (-24, 402), (0, 404), (24, 402), (50, 384), (86, 342)], z=-14, weight=0.06)
    d.path("shirtRib", "MCC", rib, stroke="shirt_shade", width=5)


def _lapel(d: Drawing, side: Side) -> None:
    """One half of the hood, folded over the collar, with its cord."""
    knots = [
        Knot(4, 476, True),
        Knot(18, 424),
        Knot(70, 362),
        Knot(84, 312),
        Knot(104, 278, True),
        Knot(142, 300),
        Knot(152, 348),
        Knot(112, 408),
        Knot(52, 462),
    ]
    commands, points = d.smooth(knots, side, z=6, weight=0.1)
    start, end = d.point(60 * side.sign, 360, 6, 0.1), d.point(130 * side.sign, 420, 6, 0.1)
    fill = {"linear": [start, end], "stops": [(0, "outfit_light", 1), (1, "outfit", 1)]}
    d.path(side.of("lapel"), commands, points, fill=fill, stroke="outfit_line", width=4)
    fold = d.line([(108, 296), (112, 350), (84, 400), (40, 440)], side, z=8, weight=0.1)
    d.path(side.of("lapelFold"), "MC", fold, stroke="outfit_line", width=3, opacity=0.4)
    eyelet = d.oval(62 * side.sign, 424, 6, 6, 8, 0.08)
    cord = d.line([(62, 424), (70, 460), (58, 500), (64, 548)], side, z=10, weight=0.05)
    d.path(side.of("cordEdge"), "MC", cord, stroke="outfit_line", width=11)
    d.path(side.of("cord"), "MC", cord, stroke="accent", width=6)
    d.path(side.of("eyelet"), "MCCCCZ", eyelet, fill="outfit_line")
    tip = d.line([(64, 544), (64, 562)], side, z=10, weight=0.05)
    d.path(side.of("cordTip"), "ML", tip, stroke="outfit_line", width=12)
