"""Train the network that proposes where the U-Net looks, and measure what it leaves out.

    python benchmarks/proposals.py DRAWINGS MAPS [--steps 3000] [--write | --compare]

DRAWINGS is a folder of drawings, MAPS a folder for what the shipped model makes of each (some seconds a drawing, kept
for the next time): of the whole disk in one pass, in float32, so that neither borders of tiles nor rounding matter.
Without --write, the network is trained on all drawings but those of a block of years, and measured on
those, for each of the BLOCKS: the share of the drawing that it proposes, and how many of the model's candidates, with
any confidence above the floor, are not in it. With --write, it is trained on all drawings and replaces the shipped one.
With --compare, the model runs with the shipped one, in float32 too, and the spots that it counts otherwise than on the
whole disk are listed, with the largest distance between the same spots and the time of network and candidates.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sunspot_dash.domain.drawing.crop import model_image
from sunspot_dash.domain.drawing.disk import fit_limb
from sunspot_dash.domain.drawing.names import date_and_time
from sunspot_dash.domain.scoring.matching import match
from sunspot_dash.io.images import read_rgb, to_grey
from sunspot_dash.ml import infer
from sunspot_dash.ml.config import PROPOSAL_RADIUS as RADIUS
from sunspot_dash.ml.device import choose, mixed_precision
from sunspot_dash.ml.infer import CONTEXT, both_maps, find_candidates, probability_maps
from sunspot_dash.ml.inputs import IDENTITY, as_input, distances, drawing_input, speck_level
from sunspot_dash.ml.proposals import FILE, SCALE, ProposalNetwork, possible_blocks
from sunspot_dash.ml.regions import BLOCK, block_maxima, canvases
from sunspot_dash.services.models.detector import LoadedModel
from sunspot_dash.workspace import pretrained_dir, pretrained_weights

BLOCKS = ((1940, 1949), (1950, 2014), (2015, 2030))
STEPS, BATCH, SIDE, RATE, WEIGHT, CLIP = 3000, 8, 384, 3e-3, 20.0, 1.0
SPECK_SPREAD = 0.05  # of the speck level, so that a few drawings are not known by it
# A part is a spot from the first of these (geometric mean of the maps), and none below the second.
SURE, NONE = 0.1, 0.03
SAME_PX, NEAR_PX = 2.0, 0.2


@dataclass(frozen=True)
class Example:
    """A drawing with what the U-Net found on the whole of it.

    Attributes:
        image: (S, S) uint8; specks: its `speck_level`.
        highest: (S / SCALE, S / SCALE), of the geometric mean of both maps in each of its parts.
        candidates: (n, 3) x, y and confidence, px of the image.
    """

    name: str
    image: np.ndarray
    specks: float
    highest: np.ndarray
    candidates: np.ndarray

    @property
    def year(self) -> int:
        return int(date_and_time(self.name)[0][:4])


def example(model: LoadedModel, path: Path, kept: Path) -> Example:
    """Run the U-Net on the whole disk of a drawing, or read what it found before."""
    store = kept / f"{path.name}.npz"
    if not store.exists():
        grey = to_grey(read_rgb(path))
        image = model_image(grey, fit_limb(grey), RADIUS)
        with patch.object(infer, "INNER", len(image)):
            maps = probability_maps(model.network, image, RADIUS, model.device)
        found = find_candidates(maps, image, RADIUS, model.card.floor, model.candidate_classifier)
        highest = block_maxima(both_maps(maps), SCALE)
        candidates = np.array([(c.x, c.y, c.confidence) for c in found]).reshape(-1, 3)
        np.savez_compressed(store, image=image, highest=highest, candidates=candidates)
    with np.load(store) as content:
        image = content["image"]
        return Example(path.name, image, speck_level(image), content["highest"], content["candidates"])


def batch(examples: list[Example], random: np.random.Generator) -> tuple[torch.Tensor, ...]:
    """Return parts of drawings, whether each SCALE x SCALE px of them is a spot, and its weight."""
    parts, spots, weights = [], [], []
    for _ in range(BATCH):
        one = examples[random.integers(len(examples))]
        cells, count = one.highest.shape[0], SIDE // SCALE
        place = random.integers(0, cells - count + 1, 2)
        marked = np.argwhere(one.highest > SURE)
        if len(marked) and random.random() < 0.5:
            place = marked[random.integers(len(marked))] - random.integers(0, count, 2)
        row, column = np.clip(place, 0, cells - count)
        here = slice(row, row + count), slice(column, column + count)
        there = tuple(slice(SCALE * each.start, SCALE * each.stop) for each in here)
        image, away = one.image[there], distances(IDENTITY, *[len(one.image)] * 2, RADIUS)[there]
        turns, mirrored = int(random.integers(4)), random.random() < 0.5
        image, away, highest = (
            np.rot90(each[:, ::-1] if mirrored else each, turns) for each in (image, away, one.highest[here])
        )
        if random.random() < 0.5:
            image = np.clip(255 - (255 - image.astype(np.float32)) * random.uniform(0.75, 1.25), 0, 255)
        spot = highest > SURE
        beside = cv2.dilate(spot.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        parts.append(as_input(image, away, one.specks + random.normal(0, SPECK_SPREAD)))
        spots.append(spot)
        weights.append(np.where(spot, WEIGHT, np.where(beside | (highest > NONE), 0.0, 1.0)))
    return tuple(torch.from_numpy(np.stack(each).astype(np.float32)) for each in (parts, spots, weights))


def fit(examples: list[Example], steps: int) -> ProposalNetwork:
    """Train a network."""
    torch.manual_seed(1)
    random, network = np.random.default_rng(1), ProposalNetwork().to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    device = choose("cpu")
    for step in range(steps):
        parts, spots, weights = batch(examples, random)
        with mixed_precision(device):
            logits = network(parts.contiguous(memory_format=torch.channels_last))
        each = nn.functional.binary_cross_entropy_with_logits(logits.float(), spots, weights, reduction="sum")
        loss = each / weights.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimiser.step()
        schedule.step()
        if step % 200 == 0:
            print(f"  step {step}/{steps}  loss {loss.item():.4f}", flush=True)
    return network.eval()


def report(network: ProposalNetwork, examples: list[Example], threshold: float, title: str) -> int:
    """Print what a network proposes and leaves out; return the number of candidates that it leaves out."""
    shares, seen, lost, counted_lost, total, counted = [], [], 0, 0, 0, 0
    for one in examples:
        needed = possible_blocks(network, drawing_input(one.image, RADIUS))
        columns, rows = (one.candidates[:, axis].astype(int) // BLOCK for axis in (0, 1))
        out = ~needed[rows, columns]
        counts = one.candidates[:, 2] >= threshold
        lost, total = lost + int(out.sum()), total + len(out)
        counted_lost, counted = counted_lost + int((out & counts).sum()), counted + int(counts.sum())
        shares.append(needed.mean())
        seen.append(sum(np.prod(canvas.size) for canvas in canvases(needed, CONTEXT)) / one.image.size)
    print(
        f"{title}: {len(examples)} drawings, blocks {np.median(shares):.3f} (at most {max(shares):.3f}), canvas "
        f"{np.median(seen):.3f} (mean {np.mean(seen):.3f}, at most {max(seen):.3f}) of it; left out "
        f"{lost} of {total} candidates, {counted_lost} of {counted} counted spots",
        flush=True,
    )
    return lost


def compare(model: LoadedModel, examples: list[Example]) -> None:
    """Run the model where the shipped network proposes, and print what differs from the whole disk."""
    total = differing = 0
    apart: list[float] = []
    seconds = []
    for one in examples:
        began = time.perf_counter()
        maps = probability_maps(model.network, one.image, RADIUS, model.device, model.proposals)
        found = find_candidates(maps, one.image, RADIUS, model.card.floor, model.candidate_classifier)
        seconds.append(time.perf_counter() - began)
        counted = [c for c in found if c.confidence >= model.card.threshold]
        mine = np.array([(c.x, c.y) for c in counted]).reshape(-1, 2)
        whole = one.candidates[one.candidates[:, 2] >= model.card.threshold][:, :2]
        pairs = match(whole, mine, SAME_PX)
        away = [float(np.hypot(*(whole[a] - mine[b]))) for a, b in pairs]
        lost, gained = len(whole) - len(pairs), len(mine) - len(pairs)
        total, differing, apart = total + len(whole), differing + lost + gained, apart + away
        notes = f"{lost} lost, {gained} more" if lost or gained else "the same"
        print(f"{one.name:32} {len(whole):4d} spots, {notes:20} {seconds[-1]:5.2f} s", flush=True)
    print(
        f"{differing} of {total} counted spots differ ({100 * differing / max(1, total):.2f} %); of the others "
        f"{sum(one > NEAR_PX for one in apart)} by more than {NEAR_PX} px, at most {max(apart):.2f}; "
        f"{np.mean(seconds):.2f} s a drawing, at most {max(seconds):.2f}"
    )


def main() -> None:
    """Read the arguments; the U-Net runs in float32."""
    parser = argparse.ArgumentParser()
    parser.add_argument("drawings", type=Path)
    parser.add_argument("maps", type=Path)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--compare", action="store_true")
    asked = parser.parse_args()
    asked.maps.mkdir(parents=True, exist_ok=True)
    model = LoadedModel.load(pretrained_weights(), "cpu")
    with patch.object(infer, "mixed_precision", lambda device: nullcontext()):
        measure(asked, model)


def measure(asked: argparse.Namespace, model: LoadedModel) -> None:
    """Measure, compare, or train and write, as asked."""
    paths = sorted(path for path in asked.drawings.rglob("usd*") if path.suffix in (".jpg", ".png"))
    examples = [example(model, path, asked.maps) for path in paths]
    if asked.compare:
        compare(model, examples)
        return
    if asked.write:
        network = fit(examples, asked.steps)
        report(network, examples, model.card.threshold, "all, trained on them")
        torch.save(network.state_dict(), pretrained_dir() / FILE)
        return
    lost = 0
    for first, last in BLOCKS:
        held = [one for one in examples if first <= one.year <= last]
        if held:
            network = fit([one for one in examples if one not in held], asked.steps)
            lost += report(network, held, model.card.threshold, f"{first} to {last}, not trained on them")
    print(f"{lost} of {sum(len(one.candidates) for one in examples)} candidates left out")


if __name__ == "__main__":
    main()
