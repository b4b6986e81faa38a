"""Tones for villages on a map, so that neighbours differ."""

import heapq

import numpy as np

from commandcenter.rules.rings import Ints, Rings, distinct

TONES = 3


def tone_villages(rings: Rings, village_of: Ints, count: int) -> Ints:
    """For each of ``count`` villages one of three tones so that neighbours differ as far as three suffice.

    Villages touch where they share vertices (to about 1/2000 of the extent, for boundaries drawn apart); where
    three tones do not suffice, the pair with the shortest common border shares one.
    """
    borders = _common_borders(rings, village_of)
    tones = np.full(count, -1, dtype=np.int32)
    touching: list[dict[int, int]] = [{} for _ in range(count)]
    for (one, other), length in borders.items():
        touching[one][other] = touching[other][one] = length
    around: list[set[int]] = [set() for _ in range(count)]  # the tones that each village already touches
    queue = [(0, -len(touching[village]), village) for village in range(count)]
    heapq.heapify(queue)
    while queue:
        _, _, village = heapq.heappop(queue)  # the one with the least choice left; outdated entries come later
        if tones[village] >= 0:
            continue
        cost = [sum(w for other, w in touching[village].items() if tones[other] == tone) for tone in range(TONES)]
        used = np.bincount(tones[tones >= 0], minlength=TONES)
        tones[village] = tone = min(range(TONES), key=lambda each: (cost[each], used[each], each))
        for other in touching[village]:
            around[other].add(tone)
            heapq.heappush(queue, (-len(around[other]), -len(touching[other]), other))
    return tones


def _common_borders(rings: Rings, village_of: Ints) -> dict[tuple[int, int], int]:
    """Pairs of villages and the number of vertices that they share; one alone is a corner and no border."""
    if not len(rings.vertices):
        return {}
    extent = float(np.ptp(rings.vertices, axis=0).max()) or 1.0
    cells = np.rint(rings.vertices / max(extent / 2000, 1.0)).astype(np.int64)
    village = np.repeat(village_of[rings.grid], np.diff(rings.starts)).astype(np.int64)
    keys, _ = distinct((cells[:, 0] << 42) + (cells[:, 1] << 21) + village)
    same = (keys[1:] >> 21) == (keys[:-1] >> 21)
    low = (1 << 21) - 1
    pairs, lengths = distinct((keys[:-1][same] & low) << 21 | (keys[1:][same] & low))
    return {(pair >> 21, pair & low): n for pair, n in zip(pairs.tolist(), lengths.tolist(), strict=True) if n > 1}
