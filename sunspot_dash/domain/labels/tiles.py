"""How many tiles an epoch has and how many steps: counted alike by a training and by the plan made before it."""

from __future__ import annotations

# Tiles a drawing gives an epoch: one for every SPOTS_A_TILE spots within limits, and half as many of background.
SPOTS_A_TILE = 3
SPOT_TILES = (3, 32)
BACKGROUND_TILES = 6


def tiles_of(spots: int) -> tuple[int, int]:
    """Tiles of a drawing with so many labelled spots: those around spots, and those of background."""
    least, most = SPOT_TILES
    around = min(max(-(-spots // SPOTS_A_TILE), least), most) if spots else 0
    return around, max(BACKGROUND_TILES, around // 2)


def steps_of(tiles: int, batch_size: int) -> int:
    """Steps of an epoch: a last batch that is not full is left out, unless it is the only one."""
    return max(1, tiles // batch_size)
