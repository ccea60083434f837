"""The butterfly diagram: spot latitude over time."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from sunspot_dash.domain.activity.butterfly import ButterflyCells, ButterflySpots
from sunspot_dash.figures.theme import DATE_TICKS, SCALES, columns, style

COLOURED = {"spots": "number of spots", "area": "umbral area, MSH"}
MOST_LATITUDE = 45.0
DAY_MS = 86_400_000


def butterfly_figure(found: ButterflySpots | ButterflyCells, theme: str, colour: str = "spots") -> go.Figure:
    """Draw latitude over time, as single spots sized and coloured by area, or as cells.

    Args:
        found: result of `services.analysis.butterfly.butterfly`; customdata of a point starts with its drawing's key.
        theme: "light" or "dark"; colour: one of COLOURED, for cells only.
    """
    if isinstance(found, ButterflyCells):
        trace, most = _cells(found, colour, theme), _edges(found)
    else:
        trace, most = _spots(found, theme), float(np.abs(found.latitude_deg).max(initial=0))
    figure = go.Figure(trace)
    figure.add_hline(y=0, line={"width": 1, "color": "#868e96", "dash": "dot"})
    most = max(MOST_LATITUDE, most + 2)
    figure.update_xaxes(title="date (UT)", type="date", tickformatstops=DATE_TICKS)
    figure.update_yaxes(title="latitude, °", range=[-most, most], dtick=15)
    figure.update_layout(clickmode="event", dragmode="zoom")
    return style(figure, theme)


def _bar(title: str) -> dict[str, object]:
    return {"title": {"text": title, "side": "right"}, "thickness": 10}


def _spots(found: ButterflySpots, theme: str) -> go.Scatter:
    # A few spots are a hundred times as large as most, so the colour scale is logarithmic.
    powers = np.log10(np.maximum(found.area_msh, 1e-3))
    low, high = _whole_powers(powers) if found.total else (0.0, 1.0)
    steps = np.arange(low, high + 1)
    return go.Scatter(
        x=list(found.times),
        y=found.latitude_deg.tolist(),
        mode="markers",
        meta=columns("key", "number", "name", "area_msh"),
        customdata=[
            [key, number, name, area]
            for key, number, name, area in zip(
                found.keys, found.numbers, found.names, found.area_msh.tolist(), strict=True
            )
        ],
        marker={
            "size": (4 + np.minimum(10, found.area_msh**0.5)).tolist(),
            "color": powers.tolist(),
            "cmin": float(low),
            "cmax": float(high),
            "colorscale": SCALES[theme],
            "opacity": 0.7,
            "showscale": found.total > 0,
            "colorbar": {
                **_bar("umbral area, MSH"),
                "tickvals": steps.tolist(),
                "ticktext": [f"{10.0**step:g}" for step in steps],
            },
        },
        hovertemplate="%{customdata[2]}<br>%{x}, latitude %{y:.1f}°<br>spot %{customdata[1]}, "
        "umbra %{customdata[3]:.1f} MSH<extra></extra>",
        showlegend=False,
    )


def _whole_powers(powers: np.ndarray) -> tuple[float, float]:
    """Return powers of ten that enclose nearly all values, so that a few specks do not take half of the colours."""
    low = float(np.floor(np.percentile(powers, 1)))
    return low, max(float(np.ceil(powers.max())), low + 1)


def _cells(found: ButterflyCells, colour: str, theme: str) -> go.Heatmap:
    grid = found.grid
    values = found.area_msh if colour == "area" else found.spots.astype(np.float64)
    shown = np.where(found.spots > 0, values, np.nan)
    unit = "MSH" if colour == "area" else "spots"
    middle = grid.start.astype("datetime64[s]") + np.timedelta64(round(grid.width_days * 43200), "s")
    cell = f"{grid.height_deg:g}° × {grid.width_days:.3g} days"
    return go.Heatmap(
        x0=str(middle),
        dx=grid.width_days * DAY_MS,
        y0=grid.south_deg + grid.height_deg / 2,
        dy=grid.height_deg,
        z=np.round(shown, 1),
        colorscale=SCALES[theme],
        # Without the cut a few crowded cells would leave all others dark.
        zmin=0,
        zmax=float(np.percentile(shown[found.spots > 0], 99.5)) if found.total else 1.0,
        colorbar=_bar(f"{COLOURED[colour]}, per {cell}"),
        hovertemplate=f"%{{x|%Y-%m-%d}} ± {grid.width_days / 2:.3g} days, latitude %{{y:.1f}}°"
        f"<br>%{{z:.4g}} {unit}<extra></extra>",
        hoverongaps=False,
    )


def _edges(found: ButterflyCells) -> float:
    north = found.grid.south_deg + found.grid.rows * found.grid.height_deg
    return max(abs(found.grid.south_deg), abs(north)) - 2
