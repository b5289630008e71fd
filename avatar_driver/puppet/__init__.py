"""The puppet: one 2D vector character whose rig is data.

`web/static/puppet.json` is the rig, `puppet.author` the script that wrote it, `puppet.rig` poses it in Python and
`web/static/puppet.js` in the page. Both pose by the rules below and give the same points; what draws them is free.

The format, version 1. Units are the drawing's own: x to the picture's right, y **down**, z toward the viewer. The
puppet faces us, so the subject's left is at +x. A file is one object:

    format, version   "avatar_driver puppet", 1
    view              [x, y, width, height]: the part of the drawing that must be seen whole. Scale it to fit, centre it
                      sideways, stand it on the bottom edge; what is painted around it shows where there is room.
    palette           name → "#rrggbb", or [name, "#rrggbb", share]: an earlier colour mixed with a share of another
                      (red = a + share · (b − a), rounded half up; green and blue alike), so that one override
                      carries its shades along
    drivers           name → {"sum": {name: weight, …}, "bias": 0, "limits": [0, 1]} or {"product": [name, …]}. Names
                      are channels or earlier drivers. The 52 shapes enter clamped to 0…1, the six head channels as they
                      are. `bias` may be left out (0), and so may `limits` (none).
    points            [[x, y, z, weight], …]: one pool for all paths. `weight` says how much of the head's turn a point
                      follows: 0 the body, 1 the head, between them the neck.
    deltas            name of a channel or driver → [[point, dx, dy], …]
    order             [[upper, lower, share], …]: where y(upper) > y(lower), they meet: upper rises by `share` of the
                      overlap and lower falls by the rest. This is what closes lids and lips without crossing. A
                      point stands in one pair at most
    follow            [[child, parent, x share, y share], …]: child moves by these shares of how far its parent moved
    head              pivot [x, y, z], distance, units_per_metre, turn_limit (rad), move_limit (m), body_follow
    paths             what is painted, in this order (no layer ever changes its place):
        name          unique
        commands      string of M, L (one point each), C (three: two controls and the end), Z (none)
        points        indices into the pool, in the commands' order
        fill          paint, or left out
        stroke        paint, or left out; with "width" in units, "cap" and "join" ("round" for both when left out)
        opacity       1 when left out; below 0 for what shows late
        opacity_deltas  name of a channel or driver → what it adds; the sum is clamped to 0…1
        clip          name of the path inside which this one is painted, or left out. Only its outline counts: neither
                      its opacity nor its own clip
    A paint is a palette name, or {"linear": [from, to], "stops": […]}, or {"radial": [centre, rim], "stops": […]}:
    from, to, centre and rim are points of the pool (so gradients move with the face; the radius is the distance from
    centre to rim) and a stop is [offset, palette name, alpha]. Insides are filled by the non-zero rule.

Posing, in this order:

1. Channels: what is not finite counts as 0, shapes are clamped to 0…1; then drivers in their order.
2. p = point + Σ driver · delta.
3. `order`, pair by pair. 4. `follow`: child += share · (p(parent) − point(parent)), parents as they stand after step 3;
   a parent is never a child.
5. Head. Rotation vector r (`channels.py`) becomes r · L·tanh(|r|/L)/|r| with L = turn_limit; R is its matrix on
   MediaPipe's axes (+x the subject's left = the picture's right, +y up, so y changes sign on the way in and out). Each
   axis of the position becomes t = M·tanh(t/M) · units_per_metre with M = move_limit; y up. With q = p − pivot (z too),
   w the point's weight and m = body_follow + (1 − body_follow) · w:
       moved = p + w · (R·q − q) + m · t        (x, y and z)
       s = (distance − z) / (distance − z moved)
       seen = s · moved (x, y)                  perspective about the origin; 1 at rest, so the rest pose is as authored
6. opacity = clamp(opacity + Σ driver · opacity_delta).
"""
