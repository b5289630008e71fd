"""Files that the web server gives out, and the headers that go with them."""

import mimetypes
from collections.abc import Mapping
from html import escape
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import unquote

from avatar_driver import resources

__all__ = ["Page", "page"]

_STATIC: Final = "web/static"
_LARGEST: Final = 200_000_000  # bytes; avatars are large
_DEEPEST: Final = 6
# What the system may call otherwise; a module that is not sent as JavaScript is not run.
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".vrm": "model/gltf-binary",
    ".wasm": "application/wasm",
}

# Our pages run our scripts and nothing else, and speak to nobody but us.
_OURS: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
# A page the person built needs more: libraries that draw compile WebAssembly, start workers and read blobs.
_STAGE: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' blob: data:; connect-src 'self' blob: data:; font-src 'self' data:; media-src 'self' blob:; "
    "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class Page(NamedTuple):
    """A file and the headers it goes out with."""

    body: bytes
    headers: dict[str, str]


def page(path: str, *, stage: Path | None, words: Mapping[str, str]) -> Page | None:
    """What stands at a path of the URL, or None.

    Args:
        path: without the query, as it stands in the request.
        stage: the folder that is served at `/stage/`.
        words: what takes the place of `{{name}}` in `/` and `/overlay`.
    """
    match path:
        case "/" | "/index.html":
            return _ours("index.html", words)
        case "/overlay" | "/overlay.html":
            return _ours("overlay.html", words)
    root, *parts = unquote(path).removeprefix("/").split("/")
    if not parts or len(parts) > _DEEPEST or any(part in (".", "..") or "\\" in part or "\0" in part for part in parts):
        return None
    if root == "static" and len(parts) == 1:
        return _ours(parts[0], {}) if parts[0] not in ("index.html", "overlay.html") else None
    if root == "stage" and stage is not None:
        return _of_stage(stage, parts)
    return None


def _ours(name: str, words: Mapping[str, str]) -> Page | None:
    file: Traversable = resources.folder(_STATIC) / name
    if not name or name.startswith(".") or not file.is_file():
        return None
    body = file.read_bytes()
    for word, text in words.items():
        body = body.replace(b"{{%s}}" % word.encode(), escape(text, quote=True).encode())
    return Page(body, _headers(name, _OURS))


def _of_stage(stage: Path, parts: list[str]) -> Page | None:
    root = stage.expanduser().resolve()
    file = root.joinpath(*parts)
    if parts[-1] == "":
        file /= "index.html"
    # Links out of the folder are not followed: it may come from strangers.
    if not file.resolve().is_relative_to(root) or not file.is_file() or file.stat().st_size > _LARGEST:
        return None
    return Page(file.read_bytes(), _headers(file.name, _STAGE))


def _headers(name: str, policy: str) -> dict[str, str]:
    suffix = Path(name).suffix.lower()
    return {
        "Content-Type": _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
