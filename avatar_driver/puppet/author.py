"""Authors the puppet that ships: `python -m avatar_driver.puppet.author` writes `web/static/puppet.json`."""

import json
from pathlib import Path
from typing import Any, Final

from avatar_driver.puppet import author_body, author_eyes, author_face, author_hair, author_mouth
from avatar_driver.puppet.author_drawing import Drawing

__all__ = ["drawn", "text"]

FILE: Final = Path(__file__).resolve().parents[1] / "web" / "static" / "puppet.json"

_VIEW: Final = [-400, -350, 800, 900]
_HEAD: Final = {
    "pivot": [0, 190, -50],
    "distance": 1700,
    "units_per_metre": 1900,
    "turn_limit": 0.9,
    "move_limit": 0.2,
    "body_follow": 0.55,
}
# Shades are mixtures, so that whoever changes `skin`, `hair`, `iris` or `outfit` need not change them all.
_PALETTE: Final = {
    "background": "#e4e3f6",
    "skin": "#ffe6d8",
    "skin_shade": ["skin", "#f2958f", 0.28],
    "skin_shadow": ["skin", "#d0607a", 0.32],
    "skin_deep": ["skin", "#b8455f", 0.62],
    "skin_line": ["skin", "#6b1f3a", 0.72],
    "blush": ["skin", "#ff5f7a", 0.62],
    "blush_line": ["skin", "#f0405f", 0.75],
    "hair": "#5a5ea8",
    "hair_light": ["hair", "#a9b6ff", 0.3],
    "hair_shine": ["hair", "#e6ecff", 0.62],
    "hair_tip": ["hair", "#ff9fc0", 0.62],
    "hair_deep": ["hair", "#1b1446", 0.38],
    "hair_line": ["hair", "#140c33", 0.68],
    "brow": ["hair", "#1b1038", 0.7],
    "iris": "#2fa9b8",
    "iris_dark": ["iris", "#101f4d", 0.72],
    "iris_light": ["iris", "#b6fff0", 0.5],
    "iris_glow": ["iris", "#f2fff0", 0.82],
    "pupil": ["iris", "#0b0f2e", 0.85],
    "eye_white": "#ffffff",
    "eye_white_shade": ["eye_white", "#8d93c7", 0.5],
    "lash": "#2a1b33",
    "lid": ["skin", "#d8607a", 0.5],
    "lips": ["skin", "#e8566f", 0.5],
    "lips_shade": ["lips", "#a32d4f", 0.35],
    "mouth": "#a23450",
    "mouth_dark": ["mouth", "#3b0a24", 0.68],
    "mouth_line": ["lips", "#571530", 0.8],
    "tongue": "#f27f8e",
    "tongue_shade": ["tongue", "#b23a58", 0.5],
    "teeth": "#fffdf8",
    "white": "#ffffff",
    "outfit": "#3a4074",
    "outfit_light": ["outfit", "#a6b0f0", 0.25],
    "outfit_shade": ["outfit", "#171a3d", 0.45],
    "outfit_deep": ["outfit", "#12142e", 0.55],
    "outfit_line": ["outfit", "#0c0d24", 0.75],
    "accent": "#ff8fa8",
    "shirt": "#f7f5ff",
    "shirt_shade": ["shirt", "#8d8fc0", 0.4],
}


def drawn() -> dict[str, Any]:
    """The puppet as the file holds it. Later is nearer: nothing changes its place in the order."""
    d = Drawing()
    author_hair.back_hair(d)
    author_body.hood(d)
    author_face.neck(d)
    author_body.jacket(d)
    author_face.ears(d)
    author_face.head(d)
    author_face.blush(d)
    author_hair.fringe_shadow(d)  # next to the blush, for both are cut by the face
    author_face.cheeks(d)
    author_face.nose(d)
    author_mouth.mouth(d)
    author_eyes.eyes(d)
    author_hair.side_hair(d)
    author_hair.front_hair(d)
    author_eyes.brows(d)
    return d.document(view=_VIEW, head=_HEAD, palette=_PALETTE)


def text() -> str:
    """The file, one line per entry, so that changes can be read."""
    document = json.loads(json.dumps(drawn()))
    parts = []
    for key, value in document.items():
        if isinstance(value, dict) and key not in ("head",):
            rows = ",\n".join(f"  {json.dumps(name)}: {_compact(entry)}" for name, entry in value.items())
            parts.append(f" {json.dumps(key)}: {{\n{rows}\n }}")
        elif key == "paths":
            rows = ",\n".join(f"  {_compact(entry)}" for entry in value)
            parts.append(f" {json.dumps(key)}: [\n{rows}\n ]")
        else:
            parts.append(f" {json.dumps(key)}: {_compact(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8", newline="\n")
