"""Every component's id, once; the first word is its page."""

from __future__ import annotations


class Shell:
    LOCATION = "shell-location"
    ADDRESS = "shell-address"
    SHOWN = "shell-shown"
    THEME = "shell-theme"
    THEME_BUTTON = "shell-theme-button"
    TICK = "shell-tick"
    QUEUE = "shell-queue"


class Overview:
    DEMO = "overview-demo"
    REMOVE = "overview-remove"
    CONFIRM = "overview-confirm"
    CARDS = "overview-cards"
    SERIES = "overview-series"
    QUEUE = "overview-queue"


class Train:
    FIELD = "train-field"  # {"type": FIELD, "name": parameter}
    PLAN = "train-plan"
    START = "train-start"
    CANCEL = "train-cancel"
    RESUME = "train-resume"
    NONCE = "train-nonce"
    RUNS = "train-runs"
    LOG_SCALE = "train-log-scale"
    LOSS = "train-loss"
    LOG = "train-log"
    STATUS = "train-status"
    MESSAGE = "train-message"


class Inference:
    MODEL = "inference-model"
    DRAWINGS = "inference-drawings"
    FOLDER = "inference-folder"
    START = "inference-start"
    CANCEL = "inference-cancel"
    NONCE = "inference-nonce"
    STATUS = "inference-status"
    MESSAGE = "inference-message"
    RESULT_MODEL = "inference-result-model"
    LIST = "inference-list"
    KEY = "inference-key"
    THRESHOLD = "inference-threshold"
    VIEW = "inference-view"
    FIGURE = "inference-figure"
    SPOTS = "inference-spots"
    COUNT = "inference-count"
    PREVIOUS = "inference-previous"
    NEXT = "inference-next"


class Explore:
    MODEL = "explore-model"
    BIN = "explore-bin"
    COLOUR = "explore-colour"
    FROM = "explore-from"
    TO = "explore-to"
    SERIES = "explore-series"
    POLAR = "explore-polar"
    COUNT = "explore-count"
    RESET = "explore-reset"
    EAST = "explore-east"


class Jobs:
    TABLE = "jobs-table"
    CARD = "jobs-card"
    CANCEL = "jobs-cancel"
    RETRY = "jobs-retry"
    MESSAGE = "jobs-message"


class Dataset:
    UPLOADS = "dataset-uploads"  # assets/upload.js knows this one and the next by name
    UPLOAD_SUMMARY = "dataset-upload-summary"
    REFRESHED = "dataset-refreshed"
    PROBLEMS = "dataset-problems"
    IMPORT_MESSAGE = "dataset-import-message"
    TABLE = "dataset-table"
    REPORT = "dataset-report"
    CONVERT = "dataset-convert"
    RESTORE = "dataset-restore"
    IMPORT_FOLDER = "dataset-import-folder"
    IMPORT_NAME = "dataset-import-name"
    IMPORT = "dataset-import"
    MESSAGE = "dataset-message"
    CHOSEN = "dataset-chosen"
    VIEW = "dataset-view"
