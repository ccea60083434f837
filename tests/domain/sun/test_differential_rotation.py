"""The rotation rates of spots."""

import numpy as np
import pytest

from sunspot_dash.domain.sun.differential_rotation import carrington_drift_deg_per_day, synodic_deg_per_day


def test_rates():
    assert synodic_deg_per_day(0) == pytest.approx(13.394)
    assert synodic_deg_per_day([15, -15]) == pytest.approx([13.196] * 2, abs=0.002)
    assert synodic_deg_per_day(np.full((2, 3), 30.0)).shape == (2, 3)


def test_the_drift_relative_to_the_carrington_frame():
    drift = carrington_drift_deg_per_day([0, 15, 40])
    assert drift == pytest.approx([0.196, -0.003, -1.027], abs=0.002)
    assert synodic_deg_per_day([0, 15, 40]) - drift == pytest.approx(14.1844 - 0.986)
