"""The style sheet of the report."""

from typing import Final

__all__ = ["STYLE"]

STYLE: Final = """<style>
:root { --ink:#1d2129; --soft:#667085; --faint:#e6e8ec; --paper:#fbfbfa; --card:#fff; --ours:#d5470a; --euro:#1b6fb8;
  --ema:#16875f; --other:#7a5aa8; --truth:#c9cdd4; --good:#16875f; --bad:#c0312b; }
@media (prefers-color-scheme: dark) { :root { --ink:#e8eaee; --soft:#98a2b3; --faint:#2b3038; --paper:#14171c;
  --card:#1b1f26; --ours:#ff8a50; --euro:#5fb0f5; --ema:#4fc79a; --other:#b79ae0; --truth:#4b525e; --good:#4fc79a;
  --bad:#ff7a70; } }
* { box-sizing: border-box }
body { margin:0; background:var(--paper); color:var(--ink);
  font:16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif }
main { max-width:1040px; margin:0 auto; padding:48px 28px 80px }
h1 { font-size:42px; line-height:1.1; letter-spacing:-.02em; margin:0 0 12px }
h2 { font-size:24px; letter-spacing:-.01em; margin:0 0 4px }
section { margin-top:56px } section table + h2, section details + h2 { margin-top:44px }
p { margin:0 0 14px; max-width:68ch } p.lead { font-size:19px; color:var(--soft) } .note { color:var(--bad) }
.cards { display:grid; grid-template-columns:repeat(auto-fit, minmax(230px, 1fr)); gap:18px; margin-top:30px }
.card { background:var(--card); border:1px solid var(--faint); border-radius:14px; padding:22px 24px;
  display:grid; gap:2px }
.card b { font-size:50px; line-height:1; letter-spacing:-.03em; color:var(--ours); margin-bottom:8px }
.card span { color:var(--soft); font-size:14px }
figure { margin:0; background:var(--card); border:1px solid var(--faint); border-radius:14px; padding:14px 16px }
figcaption { font-weight:600; margin:0 0 4px } figcaption::first-letter { text-transform:uppercase }
small { color:var(--soft); font-weight:400; margin-left:8px; font-size:12.5px; white-space:nowrap }
svg { display:block; width:100%; height:auto }
.traces { display:grid; grid-template-columns:repeat(auto-fit, minmax(380px, 1fr)); gap:18px }
.rule { stroke:var(--faint) } .tick { fill:var(--soft); font-size:12px } .axis { fill:var(--soft); font-size:13px }
.corner { font-style:italic }
.label { font-size:14px; font-weight:600; paint-order:stroke; stroke:var(--card); stroke-width:5px;
  stroke-linejoin:round }
.label.small { font-size:12px; font-weight:400 }
polyline { fill:none; stroke-linejoin:round; stroke-linecap:round }
.line { stroke-width:3 } .thin { stroke-width:2.2 } .truth { stroke:var(--truth); stroke-width:7 }
line.ours, polyline.ours { stroke:var(--ours) } polyline.euro { stroke:var(--euro) } polyline.ema { stroke:var(--ema) }
.point.ours, .label.ours { fill:var(--ours) } .point.euro, .label.euro { fill:var(--euro) }
.point.ema, .label.ema { fill:var(--ema) } .point.other, .label.other { fill:var(--other) }
.point { stroke:var(--card); stroke-width:1.5 } circle.raw { fill:var(--soft); opacity:.75 }
.legend { color:var(--soft); font-size:14px } .key { display:inline-block; vertical-align:middle; margin:0 6px 2px 14px;
  width:22px; height:3px; border-radius:2px } .key:first-child { margin-left:0 }
.key.truth { height:7px; background:var(--truth) } .key.euro { background:var(--euro) }
.key.ours { background:var(--ours) }
.key.raw { width:6px; height:6px; border-radius:50%; background:var(--soft) }
.wide { overflow-x:auto }
table { border-collapse:collapse; width:100%; font-size:14px; font-variant-numeric:tabular-nums }
th, td { text-align:right; padding:8px 10px; border-bottom:1px solid var(--faint); white-space:nowrap; font-weight:400 }
thead th { color:var(--soft); font-size:13px; vertical-align:bottom; white-space:normal }
tbody th, thead th:first-child { text-align:left } tbody th { font-weight:600 }
tbody th small { display:block; margin:0 }
tr.ours th:last-of-type, tr.ours td { color:var(--ours); font-weight:600 } td.best { font-weight:700 }
tr:not(.ours) td.best { color:var(--ink) }
.grouped th[rowspan] { vertical-align:top; color:var(--soft); font-weight:400 }
.grouped th:nth-child(2), .targets th:nth-child(2), .targets td:nth-child(2) { text-align:left }
.met { color:var(--good) } .missed { color:var(--bad); font-weight:700 }
details { margin-top:10px; color:var(--soft); font-size:14px } details table { color:var(--ink) }
summary { cursor:pointer }
details ul { margin:8px 0; padding-left:20px } dt { font-weight:600; margin-top:14px }
dd { margin:0; max-width:76ch; color:var(--soft) }
@media print { .traces { grid-template-columns:1fr 1fr } }
</style>"""
