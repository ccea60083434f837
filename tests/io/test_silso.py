"""SILSO's forms, and the errors for other files."""

from __future__ import annotations

import numpy as np
import pytest

from sunspot_dash.errors import SeriesError
from sunspot_dash.io.silso import LICENCE, SOURCE, URLS, parse_silso, read_silso
from sunspot_dash.io.silso_forms import FORMS

# Made-up values in SILSO's layout, with its padding, missing values and line ends.
FILES = {
    "daily": "1818;01;01;1818.001;  -1; -1.0;   0;1\r\n1818;01;02;1818.004;  65; 10.2;   1;0\r\n",
    "monthly": "1749;01;1749.042;  96.7; -1.0;   -1;1\n1749;02;1749.123; 104.3;  2.5;   12;0\n",
    "smoothed": "1749;06;1749.458;  -1.0; -1.0;   -1;1\n1749;07;1749.538; 135.9;  1.1; 1143;1\n",
    "hemispheric": "1992;02;29;1992.162; 186;  20;166;  14.3;  1.0; 14.3;  19; -1; -1;1\n"
    "1992;03;01;1992.164;  -1;  -1; -1;  -1.0; -1.0; -1.0;   0; 12; 12;0\n",
    "estimated": "2021, 12, 01, 2021.916,  40,   4.4,  15,  20,\n2021,12,2,2021.919,36,5.5,22,26\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_recognized_by_its_content(form):
    series = parse_silso(FILES[form].encode(), "upload.bin")
    assert series.form == form and len(series.dates) == 2
    assert series.dates.dtype == f"datetime64[{FORMS[form].unit[0].upper()}]"
    assert (len(series.north) == 2) == (form == "hemispheric")


def test_values_and_gaps():
    series = parse_silso(FILES["daily"].encode(), "")
    assert np.isnan(series.number[0]) and np.isnan(series.sigma[0]) and series.number[1] == 65
    assert series.sigma[1] == 10.2 and series.observations.tolist() == [0, 1]
    assert series.definitive.tolist() == [True, False]
    assert series.means.dates.astype(str).tolist() == ["1818-01-02"] and series.means.values.tolist() == [65]
    monthly = parse_silso(FILES["monthly"].encode(), "")
    assert monthly.dates.astype(str).tolist() == ["1749-01", "1749-02"]
    assert monthly.number.tolist() == [96.7, 104.3] and monthly.observations.tolist() == [0, 12]
    hemispheric = parse_silso(b"\xef\xbb\xbf" + FILES["hemispheric"].encode() + b"\n\n", "")
    assert (hemispheric.number[0], hemispheric.north[0], hemispheric.south[0]) == (186, 20, 166)
    assert hemispheric.sigma[0] == 14.3
    assert np.isnan(hemispheric.north[1]) and hemispheric.observations.tolist() == [19, 0]
    estimated = parse_silso(FILES["estimated"].encode(), "")
    assert estimated.number.tolist() == [40, 36] and not estimated.definitive.any()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "empty"),
        ("<!DOCTYPE html>\n<html>", 'its first line is "<!DOCTYPE html>"; expected SILSO'),
        ("year;month;day;decimal;number;sigma;n;definitive\n", "its first line"),
        ("1818;01;01;1818.001;5\n", "its first line"),
        ("{D}1818;01;03;1818.007;5;1.0;1\n", "line 3 has 7 columns, the first line 8"),
        ("{D}\n1818;01;03;1818.007;many;1.0;1;1\n", "line 4: 'many' in column 5 is not a number"),
        ("{D}1818;02;30;1818.1;5;1.0;1;1\n", "line 3: there is no date 1818-2-30"),
        ("{D}1818;13;01;1818.9;5;1.0;1;1\n", "line 3: there is no date 1818-13-1"),
        ("{D}1818;01;03.5;1818.9;5;1.0;1;1\n", "line 3: there is no date 1818-1-3.5"),
        ("{D}nan;01;03;1818.9;5;1.0;1;1\n", "line 3: 'nan' in column 1 is not a number"),
        ("{D}1818;01;02;1818.004;6;1.0;1;1\n", "line 3: 1818-01-02 does not come after 1818-01-02"),
        ("{D}1818;01;03;1818.007;-5;1.0;1;1\n", "line 3: -5 in column 5, expected 0 or more, or -1"),
        ("{D}1818;01;03;1818.007;nan;1.0;1;1\n", "line 3: 'nan' in column 5 is not a number"),
        ("{D}1818;01;03;1818.007;5;inf;1;1\n", "line 3: inf in column 6"),
    ],
)
def test_an_error_names_its_line(content, message):
    with pytest.raises(SeriesError, match=r"^upload\.csv: ") as caught:
        parse_silso(content.replace("{D}", FILES["daily"]).encode(), "upload.csv")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "1_0",
        "0x10",
        "٣",
        "5,5",
        '"5"',
        "5\0",
        "True",
        "NA",
        "None",
        "1e",
        "--5",
        "5 5",
        "<NA>",
        "nan",
    ],
)
def test_a_value_that_is_not_a_number_is_reported_with_its_line(text):
    line = f"\n\n1818;01;03;1818.007;{text};1.0;1;1\n1818;01;04;1818.01;5;1.0;1;1\n"
    with pytest.raises(SeriesError, match="line 5: ") as caught:
        parse_silso((FILES["daily"] + line).encode(), "")
    assert "column 5" in str(caught.value)


@pytest.mark.parametrize("seed", range(5))
def test_numbers_equal_those_of_a_plain_loop(seed):
    random = np.random.default_rng(seed)
    days = np.datetime64("1818-01-01", "D") + np.flatnonzero(random.random(900) < 0.8)
    lines, expected = [], []
    for day in days.astype(str).tolist():
        number, sigma = (repr(float(value)) if value < 400 else "-1" for value in random.uniform(0, 500, 2))
        lines.append(f"{day.replace('-', ';')};1818.5;{number:>24};{sigma} ;{random.integers(-1, 9)};1")
        expected.append([float(number), float(sigma)])
        lines += [""] * (random.random() < 0.1)
    series = parse_silso("\r\n".join(lines).encode(), "")
    values = np.where(np.array(expected) == -1, np.nan, expected)
    assert np.array_equal(series.dates, days)
    assert np.array_equal(np.stack([series.number, series.sigma], 1), values, equal_nan=True)


def test_a_file_that_is_not_text_or_is_missing_is_an_error(tmp_path):
    with pytest.raises(SeriesError, match=r"a\.zip: it is not text"):
        parse_silso(b"PK\x03\x04\xff\xfe", "a.zip")
    with pytest.raises(SeriesError, match="cannot be read"):
        read_silso(tmp_path / "none.csv")


def test_the_source_is_named():
    assert "Royal Observatory of Belgium" in SOURCE and "CC BY-NC 4.0" in LICENCE
    assert URLS.keys() == FORMS.keys() and all(
        url.startswith("https://www.sidc.be/") for url in URLS.values()
    )


def test_silsos_own_files(shared):
    found = {path.name: read_silso(path) for path in sorted((shared.parent / "silso").glob("*.csv"))}
    assert {name: series.form for name, series in found.items()} == {
        "EISN_current.csv": "estimated",
        "SN_d_hem_V2.0.csv": "hemispheric",
        "SN_d_tot_V2.0.csv": "daily",
        "SN_m_tot_V2.0.csv": "monthly",
    }
    daily = found["SN_d_tot_V2.0.csv"]
    assert np.isfinite(daily.number[daily.dates >= np.datetime64("1850-01-01")]).all()
    hemispheric = found["SN_d_hem_V2.0.csv"]
    assert np.abs(hemispheric.north + hemispheric.south - hemispheric.number).max() <= 1
