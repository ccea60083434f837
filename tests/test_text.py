from sunspot_dash.text import counted


def test_one_is_singular_and_every_other_number_is_plural():
    assert [counted(n, "drawing") for n in (0, 1, 2, 2300)] == [
        "0 drawings",
        "1 drawing",
        "2 drawings",
        "2,300 drawings",
    ]
    assert counted(2, "entry", "entries") == "2 entries" and counted(1, "entry", "entries") == "1 entry"
