"""A comparison in numbers: mean ratings, their paired difference with intervals, and tests.

Kirillov et al. 2023, "Segment Anything", appendix E, compares models by people's ratings with a paired t-test and a
paired bootstrap of 10,000 draws. Here a pair counts with the mean of its raters, whole images are drawn again, and the
sign test stands beside the t-test, for ratings are ranks rather than measures. The t-test takes pairs of one image as
independent, which the bootstrap does not.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt

from annotator.ratings.models import PairScore, Rating

# scipy.stats takes half a second to load, a quarter of the start of every process: it is loaded where it is needed.
DRAWS = 10_000
SEED = 2023
Values = npt.NDArray[np.float64]


def numbers_of(rating: Rating) -> dict[str, Any]:
    """Return {"pairs", "rated", "ratings", "raters", "first", "second", "difference" (second - first), "second_better",
    "first_better", "ties", "sign_p", "t_p"}; what there is too little for is null."""
    rows = PairScore.objects.filter(pair__rating=rating, pair__image__deleted_at=None)
    given: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    image_of, raters = {}, set()
    for pair, image, person, first, second in rows.values_list("pair", "pair__image", "person", "first", "second"):
        given[pair].append((first, second))
        image_of[pair] = image
        raters.add(person)
    means = np.array([np.mean(scores, axis=0) for scores in given.values()], float).reshape(-1, 2)
    images = [image_of[pair] for pair in given]
    apart = means[:, 1] - means[:, 0]
    wins, losses = int((apart > 0).sum()), int((apart < 0).sum())
    return {
        "pairs": rating.pairs.count(),
        "rated": len(given),
        "ratings": sum(len(scores) for scores in given.values()),
        "raters": len(raters),
        "first": _mean(means[:, 0], images),
        "second": _mean(means[:, 1], images),
        "difference": _mean(apart, images),
        "second_better": wins,
        "first_better": losses,
        "ties": len(apart) - wins - losses,
        "sign_p": _sign(wins, losses),
        "t_p": _t(apart),
    }


def _mean(values: Values, images: list[Any]) -> dict[str, float | None]:
    """The mean with its 95 % and 99 % interval: whole images are drawn again, `DRAWS` times; two are the least."""
    if not len(values):
        return dict.fromkeys(("value", "low", "high", "low_99", "high_99"))
    sums: dict[Any, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for image, value in zip(images, values, strict=True):
        sums[image][0] += value
        sums[image][1] += 1
    table = np.array(list(sums.values()))
    found: dict[str, float | None] = {"value": _rounded(float(values.mean()))}
    for suffix, level in (("", 0.95), ("_99", 0.99)):
        low, high = _interval(table, level)
        found |= {f"low{suffix}": low, f"high{suffix}": high}
    return found


def _interval(table: Values, level: float) -> tuple[float | None, float | None]:
    if len(table) < 2:
        return None, None
    from scipy import stats

    def mean(sums: Values, counts: Values, axis: int = -1) -> Values:
        return np.asarray(sums.sum(axis) / counts.sum(axis), np.float64)

    drawn = stats.bootstrap(
        (table[:, 0], table[:, 1]), mean, paired=True, vectorized=True, n_resamples=DRAWS, batch=500,
        confidence_level=level, method="percentile", rng=np.random.default_rng(SEED),
    )  # fmt: skip
    return _rounded(float(drawn.confidence_interval.low)), _rounded(float(drawn.confidence_interval.high))


def _sign(wins: int, losses: int) -> float | None:
    if not wins + losses:
        return None
    from scipy import stats

    return _rounded(float(stats.binomtest(wins, wins + losses).pvalue))


def _t(apart: Values) -> float | None:
    if len(apart) < 2 or not apart.std():
        return None
    from scipy import stats

    return _rounded(float(stats.ttest_1samp(apart, 0.0).pvalue))


def _rounded(value: float) -> float:
    return round(float(value), 4)
