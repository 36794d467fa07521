"""What a setting of the environment is."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "decimal", "flag", "list", "secret"]


@dataclass(frozen=True, slots=True)
class Variable:
    """One setting an operator may turn. `default` is written as it would stand in the file."""

    name: str
    kind: Kind
    default: str
    help: str


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    variables: tuple[Variable, ...]
