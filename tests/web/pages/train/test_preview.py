"""The preview of a training names everything that is left out."""

from __future__ import annotations

from sunspot_dash.ml.config import TrainConfig
from sunspot_dash.services.models.preview import Preview, Side
from sunspot_dash.web.pages.train.preview import preview_view

SIDE = Side(2, 9, ("1956-04-17",))
WHOLE = Preview(
    training=SIDE, validation=SIDE, blank=0, missing=0, unclear=0, partly=[], kept_partly=False, problems=0,
    spots={"umbra": 18},
    other={}, masks=0, tiles=9, steps=3, seconds=60, earlier=0, warning="",
)  # fmt: skip


def shown(**values: object) -> str:
    return str(preview_view(Preview(**{**vars(WHOLE), **values}), TrainConfig(model_name="x")))


def test_nothing_is_said_about_complete_labels():
    text = shown()
    assert "eft out" not in text.replace("are left out and named in the log", "")


def test_another_scale_than_that_of_the_shipped_weights_is_named():
    small = TrainConfig(model_name="x", radius=256)
    assert "The shipped weights are for a disk radius of 896 px" in str(preview_view(WHOLE, small))
    fresh = small.model_copy(update={"encoder_weights": "none"})
    assert "shipped weights" not in str(preview_view(WHOLE, fresh))


def test_left_out_labels_and_drawings_are_named():
    partly = [(f"{number}.png", "1 of its 2 labels cannot be used") for number in range(5)]
    text = shown(other={"penumbra": 4}, partly=partly, unclear=1, problems=1)
    for words in (
        "Counted as spots: umbra (18 labels). Left out: penumbra (4 labels).",
        "Left out, because partly labelled: 5 drawings (0.png: 1 of its 2 labels cannot be used; 1.png",
        "; and 2 more)",
        "Left out, see the Dataset page for the reasons: 1 drawing.",
        "1 entry of the label file cannot be used",
    ):
        assert words in text
    assert "Used although partly labelled: 5 drawings" in shown(partly=partly, kept_partly=True)
