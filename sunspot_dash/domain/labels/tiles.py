"""Numbers of tiles and steps per epoch, shared by training and its preview."""

from __future__ import annotations

# Tiles per drawing and epoch: one per SPOTS_A_TILE spots, within limits, and half as many of background.
SPOTS_A_TILE = 3
SPOT_TILES = (3, 32)
BACKGROUND_TILES = 6


def tiles_of(spots: int) -> tuple[int, int]:
    """Return the numbers of tiles around spots and of background tiles for a drawing with this many labelled spots."""
    least, most = SPOT_TILES
    around = min(max(-(-spots // SPOTS_A_TILE), least), most) if spots else 0
    return around, max(BACKGROUND_TILES, around // 2)


def steps_of(tiles: int, batch_size: int) -> int:
    """Return the steps per epoch: an incomplete last batch is dropped unless it is the only one."""
    return max(1, tiles // batch_size)
