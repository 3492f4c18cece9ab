"""The registry: what every reference implementation declares about itself, and how it is found and called.

A module under ``algorithms/<family>/`` declares each of its algorithms with `algorithm`; its docstring is the article.
Nothing is imported until it is asked for: `load` imports one module by its path, `catalog` imports them all.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar, get_type_hints

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.fields import FieldInfo

from core.errors import InputError, NotFound

ROOT = Path(__file__).parent
RESERVED = frozenset(name for name in dir(BaseModel) if not name.startswith("_"))
"""Names that no parameter may have: the model of the inputs has attributes of these names already."""
AMBIGUOUS = frozenset(
    {
        "ann",
        "cosine schedule",
        "default direction",
        "drift detection",
        "dual encoder",
        "epistemic uncertainty",
        "explained variance",
        "feature map",
        "fim",
        "infonce",
        "information gain",
        "kernel",
        "mae",
        "majority vote",
        "self-consistency",
        "sensitivity analysis",
        "soft targets",
        "sparsity",
        "tied weights",
        "ucb",
    }
)
"""Names (case folded) that the literature gives to several things; whoever asks for one may mean any of its owners."""
Output = dict[str, Any]
Cost = Literal["instant", "seconds", "trains"]
F = TypeVar("F", bound=Callable[..., Output])


@dataclass(frozen=True, eq=False)
class Algorithm:
    """One registered reference implementation.

    Attributes
    ----------
    id : str
        The field's standard term in kebab case, e.g. ``softmax``.
    family : str
        The folder it lives in, e.g. ``activations``.
    name : str
        Title for people.
    aliases : tuple of str
        Other names a user would type.
    example : dict
        Inputs for the example run; every parameter without a default is in it.
    cost : {"instant", "seconds", "trains"}
        ``instant`` runs within a second, ``seconds`` within 5 s, ``trains`` fits a model within 20 s, on one core.
    summary : str
        First sentence of the article.
    article : str
        The Markdown article: the module's docstring, or one of its own where a module holds several algorithms.
    function : callable
        The implementation: validated inputs by keyword → dict of plain values and numpy arrays.
    figure : callable or None
        ``(inputs, output) -> matplotlib.figure.Figure``.
    """

    id: str
    family: str
    name: str
    aliases: tuple[str, ...]
    example: Mapping[str, Any]
    cost: Cost
    article: str
    function: Callable[..., Output]
    module: str
    figure: Callable[[dict[str, Any], Output], Any] | None = field(default=None)

    @property
    def summary(self) -> str:
        """First sentence of the article."""
        paragraph = self.article.strip().split("\n\n", 1)[0].replace("\n", " ")
        match = re.match(r".+?[.!?](?=\s|$)", paragraph)
        return match.group(0) if match else paragraph

    @cached_property
    def inputs_model(self) -> type[BaseModel]:
        """Pydantic model of the inputs, derived from the signature; unknown names are refused."""
        hints = get_type_hints(self.function, include_extras=True)
        descriptions = parameter_descriptions(self.function)
        fields: dict[str, Any] = {}
        for name, parameter in inspect.signature(self.function).parameters.items():
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            info: FieldInfo = Field(default, description=descriptions.get(name))
            fields[name] = (hints[name], info)
        config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, protected_namespaces=())
        return create_model(f"{self.id}-inputs", __config__=config, **fields)

    @property
    def inputs_schema(self) -> dict[str, Any]:
        """JSON schema of the inputs."""
        return self.inputs_model.model_json_schema()

    @property
    def path(self) -> str:
        """Path of the code below the project's root, with forward slashes."""
        return self.module.replace(".", "/") + ".py"

    @cached_property
    def code(self) -> str:
        """Source text of the module, exactly as it is run."""
        return (ROOT.parent / self.path).read_text(encoding="utf-8")

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of `code`."""
        return hashlib.sha256(self.code.encode()).hexdigest()

    def validate(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Check `inputs`, filling what is missing from the example, then from the signature's defaults.

        The example's value of an optional parameter comes before its default, so that a run with nothing given is the
        example and a run with one input changed differs from it in that input only; what was used is part of the result.
        Give an optional parameter its default to have it.

        Returns
        -------
        dict
            One value for each parameter.

        Raises
        ------
        InputError
            If a name is unknown or a value is out of its bounds.
        """
        merged = {**self.example, **inputs}
        try:
            model = self.inputs_model.model_validate(merged)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "inputs"
            known = ", ".join(self.inputs_model.model_fields)
            raise InputError(
                f"{self.id}: {where}: {first['msg']}",
                fix=f"the inputs are {known}; `vouch show {self.id}` has their types and bounds",
            ) from error
        return {name: getattr(model, name) for name in self.inputs_model.model_fields}

    def run(self, inputs: Mapping[str, Any] | None = None) -> Output:
        """Validate `inputs` (missing ones from the example), execute here and return the output as plain JSON values.

        Tests and the worker call this; everything else goes through `algorithms.worker`.

        Raises
        ------
        InputError
            If the inputs are refused by the schema, or by the algorithm with a `ValueError`.
        """
        checked = self.validate(inputs or {})
        try:
            output = self.function(**checked)
        except ValueError as error:
            raise InputError(
                f"{self.id}: {error}", fix=f"`vouch show {self.id}` explains what the inputs must satisfy"
            ) from error
        return {key: plain(value) for key, value in output.items()}


_REGISTERED: dict[str, Algorithm] = {}


def algorithm(
    *,
    id: str,
    name: str,
    aliases: tuple[str, ...] = (),
    example: Mapping[str, Any],
    cost: Cost = "instant",
    article: str | None = None,
    figure: Callable[[dict[str, Any], Output], Any] | None = None,
) -> Callable[[F], F]:
    """Register the decorated function as the implementation of `id`; the function itself stays unchanged.

    Parameters are those of `Algorithm`; the family is the folder of the module and the article its docstring.

    Raises
    ------
    ValueError
        If the id is already taken by another module, or a parameter has a reserved name or no name of its own.
    """

    def register(function: F) -> F:
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
                raise ValueError(f"{id}: {parameter} takes any number of inputs; a schema needs each by its name")
            if parameter.name in RESERVED or parameter.name.startswith("_"):
                raise ValueError(f"{id}: a parameter may not be called {parameter.name!r}")
        module = inspect.getmodule(function)
        module_name = function.__module__
        text = article if article is not None else (module.__doc__ if module else None)
        taken = _REGISTERED.get(id)
        if taken is not None and taken.module != module_name:
            raise ValueError(f"algorithm id {id!r} is registered by {taken.module} and {module_name}")
        _REGISTERED[id] = Algorithm(
            id=id,
            family=module_name.split(".")[1],
            name=name,
            aliases=aliases,
            example=dict(example),
            cost=cost,
            article=inspect.cleandoc(text or ""),
            function=function,
            module=module_name,
            figure=figure,
        )
        return function

    return register


def modules() -> list[str]:
    """Dotted names of all algorithm modules, sorted.

    Examples
    --------
    >>> "algorithms.activations.softmax" in modules()
    True
    """
    return sorted(
        f"algorithms.{path.parent.name}.{path.stem}" for path in ROOT.glob("*/*.py") if path.stem != "__init__"
    )


@cache
def catalog() -> Mapping[str, Algorithm]:
    """All algorithms by id, sorted by family and id. Imports every module."""
    for name in modules():
        importlib.import_module(name)
    return {a.id: a for a in sorted(_REGISTERED.values(), key=lambda a: (a.family, a.id))}


def load(id: str) -> Algorithm:
    """Return one algorithm, importing only its module where the path gives it away.

    Raises
    ------
    NotFound
        If no algorithm has this id; the fix names similar ones.

    Examples
    --------
    >>> load("softmax").family
    'activations'
    """
    if id not in _REGISTERED and re.fullmatch(r"[a-z0-9][a-z0-9-]*", id):
        for path in ROOT.glob(f"*/{id.replace('-', '_')}.py"):
            importlib.import_module(f"algorithms.{path.parent.name}.{path.stem}")
    if id in _REGISTERED:
        return _REGISTERED[id]
    known = catalog()
    if id in known:
        return known[id]
    import difflib

    near = difflib.get_close_matches(id, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "`vouch algorithms` lists them all"
    raise NotFound(f"no algorithm {id!r}", fix=hint)


def parameter_descriptions(function: Callable[..., Any]) -> dict[str, str]:
    """Descriptions of the parameters from a numpy-style docstring.

    Examples
    --------
    >>> from algorithms.activations.softmax import softmax
    >>> parameter_descriptions(softmax)["temperature"]
    'Divides the logits; 1 leaves them unchanged.'
    """
    lines = inspect.cleandoc(function.__doc__ or "").splitlines()
    found: dict[str, list[str]] = {}
    names: list[str] = []
    inside = False
    for index, line in enumerate(lines):
        underlined = index + 1 < len(lines) and set(lines[index + 1].strip()) == {"-"} and line.strip()
        if underlined:
            inside = line.strip() == "Parameters"
            names = []
        elif inside and set(line.strip()) != {"-"}:
            if line and not line[0].isspace():
                names = [part.strip() for part in line.split(":")[0].split(",")]
            elif line.strip():
                for name in names:
                    found.setdefault(name, []).append(line.strip())
    return {name: " ".join(parts) for name, parts in found.items()}


def plain(value: Any) -> Any:
    """Turn numpy values into JSON values: float64 kept whole, non-finite numbers as strings, tuples as lists.

    Raises
    ------
    TypeError
        If a value has no JSON form.

    Examples
    --------
    >>> plain({"p": np.array([0.5, np.inf]), "n": np.int64(3)})
    {'p': [0.5, 'Infinity'], 'n': 3}
    """
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"an output holds a {type(value).__name__}, which has no JSON form")
