"""The curves of a tracked group."""

from sunspot_dash.figures.track_curves import track_figure


def test_area_and_longitude_are_drawn_and_their_points_open_drawings():
    day = {"date": "2001-03-10", "time": "09:00", "area_msh": 12.0, "longitude_deg": 100.0}
    area, longitude = track_figure([day | {"key": "a"}, day | {"key": "b", "area_msh": 20.0}], "light").data
    assert list(area.y) == [12, 20] and list(longitude.y) == [100, 100]
    assert list(area.customdata) == ["a", "b"] and area.x[0] == "2001-03-10 09:00"
