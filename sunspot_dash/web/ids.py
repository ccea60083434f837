"""Every component's id, once; the first word is its page."""

from __future__ import annotations

from typing import ClassVar


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
    PLANNED = "train-planned"
    START = "train-start"
    NONCE = "train-nonce"
    MESSAGE = "train-message"
    TABLE = "train-table"
    LOSS = "train-loss"
    LOG_SCALE = "train-log-scale"
    DRAWN = "train-drawn"
    STATUS = "train-status"
    CANCEL = "train-cancel"
    RESUME = "train-resume"
    RUN_MESSAGE = "train-run-message"
    LINKS = "train-links"
    FACTS = "train-facts"
    LOG = "train-log"
    SHOWN = "train-shown"


class Inference:
    MESSAGE = "inference-message"
    MODEL = "inference-model"
    SOURCE = "inference-source"
    PLAN = "inference-plan"
    FOLDER_PART = "inference-folder-part"
    FOLDER = "inference-folder"
    PICK_PART = "inference-pick-part"
    PICK = "inference-pick"
    LIMIT = "inference-limit"
    FORCE = "inference-force"
    START = "inference-start"
    CANCEL = "inference-cancel"
    NONCE = "inference-nonce"
    STATUS = "inference-status"
    RESULT_MODEL = "inference-result-model"
    TOTALS = "inference-totals"
    LINKS = "inference-links"
    REVISION = "inference-revision"
    LIST = "inference-list"
    REFRESHED = "inference-refreshed"
    TABS = "inference-tabs"
    KEY = "inference-key"
    PREVIOUS = "inference-previous"  # assets/viewer.js knows this one and the next by name
    NEXT = "inference-next"
    LAYOUT = "inference-layout"
    COUNT = "inference-count"
    SWIPE = "inference-swipe"
    OVER = "inference-over"
    SHARE = "inference-share"
    VIEWS = "inference-views"
    VIEW: ClassVar = {view: f"inference-view-{view}" for view in ("original", "mask", "overlay")}
    FIGURES: ClassVar = {view: f"inference-figure-{view}" for view in ("original", "mask", "overlay")}
    LINE = "inference-line"
    THRESHOLD = "inference-threshold"
    GRID = "inference-grid"
    GROUPS = "inference-groups"
    ON_MASK = "inference-on-mask"
    FACTS = "inference-facts"
    SHOWN = "inference-shown"
    GALLERY = "inference-gallery"
    PAGE = "inference-page"
    OPEN = "inference-open"  # {"type": OPEN, "key": of the drawing}


class Explore:
    MODEL = "explore-model"
    BIN = "explore-bin"
    COLOUR = "explore-colour"
    FROM = "explore-from"
    TO = "explore-to"
    SERIES = "explore-series"
    POLAR = "explore-polar"
    EAST = "explore-east"
    R_FROM = "explore-r-from"
    R_TO = "explore-r-to"
    PA_FROM = "explore-pa-from"
    PA_TO = "explore-pa-to"
    CLEAR = "explore-clear"
    FILTERS = "explore-filters"
    COUNT = "explore-count"
    SERIES_NOTE = "explore-series-note"
    SERIES_SVG = "explore-series-svg"
    POLAR_SVG = "explore-polar-svg"
    REVISION = "explore-revision"
    EMPTY = "explore-empty"
    BODY = "explore-body"


class Jobs:
    TABLE = "jobs-table"
    CARD = "jobs-card"
    CANCEL = "jobs-cancel"
    RETRY = "jobs-retry"
    MESSAGE = "jobs-message"


class Dataset:
    UPLOADS = "dataset-uploads"  # assets/upload.js knows this one and the next by name
    UPLOAD_SUMMARY = "dataset-upload-summary"
    KEY = "dataset-key"
    TABLE = "dataset-table"
    REFRESHED = "dataset-refreshed"
    REPORT = "dataset-report"
    REVISION = "dataset-revision"
    SELECTED = "dataset-selected"
    DELETE = "dataset-delete"
    TRASH = "dataset-trash"
    UNDELETE = "dataset-undelete"  # {"type": UNDELETE, "number": of the deletion}
    LIST_MESSAGE = "dataset-list-message"
    CHOSEN = "dataset-chosen"
    VIEW = "dataset-view"
    FORM = "dataset-form"
    MOVE = "dataset-move"
    DATE = "dataset-date"
    TIME = "dataset-time"
    LIES = "dataset-lies"
    TILT = "dataset-tilt"
    X = "dataset-x"
    Y = "dataset-y"
    RADIUS = "dataset-radius"
    SAVE = "dataset-save"
    UNSET = "dataset-unset"
    SAVED = "dataset-saved"
    DRAWING_MESSAGE = "dataset-drawing-message"
    PROBLEMS = "dataset-problems"
    CONVERT = "dataset-convert"
    FILTER = "dataset-filter"
    RESTORE = "dataset-restore"
    MESSAGE = "dataset-message"
    IMPORT_FOLDER = "dataset-import-folder"
    IMPORT_NAME = "dataset-import-name"
    IMPORT_PLAN = "dataset-import-plan"
    IMPORT = "dataset-import"
    IMPORT_MESSAGE = "dataset-import-message"
