"""Damaged series and tables of totals: finite numbers in order of time, or an error with a reason."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sunspot_dash.errors import SeriesError
from sunspot_dash.io.silso import SilsoSeries
from sunspot_dash.services.analysis.references import parse_reference, recognised_as
from tests.fuzz.hostile import damaged_bytes
from tests.io.test_silso import FILES

TOTALS = (
    b"file,date,time,groups,spots,wolf,observer\n"
    b'usd195604170830.png,,,3,12,42,"A, B"\n'
    b",1956-04-18,08:30,2,7,27,C\n"
    b",1956-04-19,,1,1,,\n"
)
CELLS = st.sampled_from(
    ["", "-1", "0", "1956", "13", "31", "1e9", "nan", "٣", '"', "usd195604170830.png", "1956-04-18"]
)
ROWS = st.lists(st.lists(CELLS, max_size=9), max_size=6)
MADE_UP = st.builds(
    lambda rows, separator: "\n".join(separator.join(row) for row in rows).encode(),
    ROWS,
    st.sampled_from([";", ",", "\t", " "]),
)


@given(
    st.sampled_from([TOTALS, *(text.encode() for text in FILES.values())]).flatmap(damaged_bytes)
    | MADE_UP
    | MADE_UP.map(lambda content: b"date,groups,spots\n" + content)
    | st.binary(max_size=200)
)
def test_a_damaged_series_is_read_or_refused(content):
    try:
        read = parse_reference(content, "upload.csv")
    except SeriesError as error:
        assert error.reason
        return
    assert str(recognised_as(read, "upload.csv"))
    if isinstance(read, SilsoSeries):
        assert (np.diff(read.dates) > np.timedelta64(0)).all() and (read.observations >= 0).all()
        known = read.means.values
        assert np.isfinite(known).all() and (known >= 0).all()
    else:
        for total in read.rows:
            assert total.file or total.when
            assert all(
                count is None or 0 <= count <= 5000 for count in (total.groups, total.spots, total.wolf)
            )
