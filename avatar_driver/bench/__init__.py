"""The program measures itself: how calm, and how late, is each filter, on a face whose true motion is known.

Two kinds of truth, both free of any filter in time:

- *scenes* (`scenes`): a face choreographed by formula at 600 Hz and sampled as a camera samples, with the tracker's
  noise;
- *takes* (`takes`): a real clip, tracked several times with independent camera disturbances. What one tracking is
  judged by is the mean of the others.

`run.bench` plays raw, the customary filters and ours over both and gives `results.Results`, which prints itself as a
table (`table`), as JSON, and as one self-contained page of HTML (`report`).

Tuning and reporting are kept apart: the One Euro filter that is tuned to our calm, and the EMA, are tuned on their own
scenes, or on the first half of each clip; what is reported is other scenes, and the second halves.

Everything is deterministic for a seed, except the cost in microseconds.
"""
