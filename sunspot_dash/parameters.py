"""Parameters of pydantic models in plain English: their ranges, and the faults of values."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

PLAIN_MESSAGES = {
    "bool_parsing": "write true or false",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number",
    "float_type": "expected a number",
    "finite_number": "expected a finite number",
    "int_type": "expected a whole number",
    "list_type": "expected a list",
    "missing": "it is missing",
    "model_type": "it is not a JSON object",
    "string_too_short": "it is empty",
    "string_type": "expected a text",
}
# Errors that the range explains.
RANGE_ERRORS = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


def first_fault(error: ValidationError, parameters: type[BaseModel]) -> str:
    """Describe the first fault: "threshold was 2: use a number from 0 to 1", without a name if the whole is faulty."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where} {_fault(first, parameters)}" if where else plain_message(first)


def plain_message(item: Any) -> str:
    """Return the message of one of the errors of pydantic, without its terms where they are not plain English."""
    return PLAIN_MESSAGES.get(item["type"], item["msg"].removeprefix("Value error, "))


def explain(error: ValidationError, parameters: type[BaseModel], prefix: str = "") -> str:
    """Describe invalid values, one clause each with the expected range."""
    return "; ".join(
        f"{prefix}{name.replace('_', '-') if prefix else name} {fault}"
        for name, fault in faults(error, parameters).items()
    )


def faults(error: ValidationError, parameters: type[BaseModel]) -> dict[str, str]:
    """Describe the fault of each value, by name: "was 0: use a whole number from 1 to 1000"."""
    return {str(item["loc"][0]): _fault(item, parameters) for item in error.errors()}


def _fault(item: Any, parameters: type[BaseModel]) -> str:
    name = str(item["loc"][0])
    field = parameters.model_fields.get(name)
    if item["type"] == "extra_forbidden":
        near = get_close_matches(name, parameters.model_fields, 1)
        guess = f"did you mean {near[0]}? " if near else ""
        return f"is not a parameter: {guess}Parameters: {', '.join(parameters.model_fields)}"
    about = field.description if field and field.description else ""
    if item["type"] == "missing":
        return f"is required: {about}"
    limits = range_of(field) if field else ""
    if limits and item["input"] in ("", None):
        # Browsers send nothing for a number outside the input's range, so the typed value is unknown.
        return f"must be {_kind(field)} {limits}"
    got = f"was {item['input']!r}"
    if item["type"] in RANGE_ERRORS and limits:
        return f"{got}: use {_kind(field)} {limits}"
    if item["type"] == "string_pattern_mismatch" and about:
        return f"{got}: use {about}"
    return f"{got}: {plain_message(item)}" + (f" ({limits})" if limits else "")


def _kind(field: Any) -> str:
    return "a whole number" if field.annotation is int else "a number"


def step_of(field: Any) -> int | None:
    """Return the number of which a parameter must be a multiple; None without such a condition."""
    return (field.json_schema_extra or {}).get("step")


def range_of(field: Any) -> str:
    """Return the range of a parameter, such as 'above 0 to 0.1' or 'from 1 to 1000'; '' without limits."""
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    limits = " ".join(
        f"{word} {_plain(value)}"
        for limit in field.metadata
        for attribute, word in words.items()
        if (value := getattr(limit, attribute, None)) is not None
    )
    step = step_of(field)
    return f"{limits}, a multiple of {step}" if step else limits


def help_text(field: Any) -> str:
    """Return a parameter's description with its range."""
    limits = range_of(field)
    return f"{field.description} ({limits})" if limits else field.description or ""


def _plain(value: float) -> str:
    """Return a limit without an exponent: 2147483647, 0.1."""
    return str(value) if isinstance(value, int) else f"{value:g}"
