"""The tables of the catalogue.

A row of `result` has the doubt about it: `candidate_errors`, `candidate_variance` and `near_threshold` are those of
`domain.review.doubt.Candidates`; `doubt` (expected errors, null until it is computed) and `reasons` ("; " between them,
strongest first) also depend on neighbours and observers, and are computed again where `doubt_is_old`.

`spots_low` to `number_high` are the ends of the intervals of `domain.activity.uncertainty`; null where the counts of a
result have none.

`observer` of a drawing is the one set by hand, else that of an imported table of observers' totals; `tags` have
the SEPARATOR of `services.dataset.tags` between them. Both are "" if there are none.

`journal` has a row for each drawing with gestures, with or without a result; `review` one for each result of such a
drawing, with the numbers of the reviewed drawing. `reviewed_by` and `reviewed_at` ("YYYY-MM-DD HH:MM:SS", UT) are ""
for a drawing that is not finished; `disputes` counts the spots in dispute, `lost` the gestures without their spot or
image.

`bipolar` to `mcintosh` of a group are those of `domain.activity.group_shapes.GroupShape`; `whole_msh` is null, and the
types "?", where penumbrae were not looked for. `latitude_sigma_deg` and
`longitude_sigma_deg` are standard deviations. `typed` is 1 where a person chose the Zürich type.

A finished drawing also has rows in `result`, `spot` and `spot_group` under "MODEL+reviewed" (see
`services.catalogue.sources`), with the time of the last gesture as their stamp.
"""

from __future__ import annotations

FORMAT = 9
TABLES = (
    "drawing",
    "result",
    "spot",
    "spot_group",
    "failure",
    "unused",
    "correction",
    "journal",
    "review",
    "mark",
)
SCHEMA = """
create table drawing (
    key text primary key, name text not null, path text not null, date text not null, time text not null,
    labels integer, bytes integer not null, modified_ns integer not null, width integer not null,
    height integer not null, archive text not null, corrected integer not null, observer text not null,
    tags text not null);
create index drawing_date on drawing (date, time);
create table result (
    model text not null, key text not null, name text not null, date text not null, time text not null,
    file text not null, stamp integer not null, spots integer not null, threshold real not null,
    disk_confidence real not null, by_hand integer not null,
    spot_groups integer, north_groups integer, north_spots integer, south_groups integer, south_spots integer,
    spots_low real, spots_high real, groups_low real, groups_high real, number_low real, number_high real,
    candidate_errors real, candidate_variance real, near_threshold integer,
    doubt real, reasons text not null default '', doubt_is_old integer not null default 1,
    primary key (model, key));
create index result_date on result (model, date, time);
create index result_stamp on result (model, stamp);
create index result_key on result (key);
create index result_old_doubt on result (model) where doubt_is_old;
create table spot (
    model text not null, key text not null, number integer not null, date text not null, x real, y real,
    radius_fraction real, position_angle_deg real, area_px real, confidence real,
    area_msh real, latitude_deg real, longitude_deg real, cmd_deg real, spot_group integer,
    latitude_sigma_deg real, longitude_sigma_deg real,
    primary key (model, key, number)) without rowid;
create table spot_group (
    model text not null, key text not null, number integer not null, date text not null, time text not null,
    spots integer not null, area_msh real not null, latitude_deg real not null, longitude_deg real not null,
    cmd_deg real not null, extent_deg real not null, largest integer not null, bipolar integer not null,
    length_deg real not null, whole_msh real, zurich text not null, mcintosh text not null,
    typed integer not null, latitude_sigma_deg real, longitude_sigma_deg real,
    primary key (model, key, number)) without rowid;
create table failure (
    model text not null, key text not null, reason text not null, primary key (model, key)) without rowid;
create table unused (name text not null, reason text not null);
create table correction (key text primary key, content text not null) without rowid;
create table journal (
    folder text primary key, key text not null, name text not null, stamp integer not null, state text not null,
    gestures integer not null, reviewed_by text not null, reviewed_at text not null) without rowid;
create index journal_key on journal (key);
create table review (
    model text not null, key text not null, gestures integer not null, reviewed_by text not null,
    reviewed_at text not null, disputes integer not null, lost integer not null, spots integer not null,
    primary key (model, key)) without rowid;
create table mark (name text primary key, value text not null) without rowid;
"""
