"""Every registered algorithm keeps the contract of the registry; parametrised over all of them."""

from __future__ import annotations

import ast
import csv
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from algorithms import registry
from core.errors import InputError, NotFound

ROOT = Path(__file__).parents[2]
CATALOG = ROOT.parent / "shared" / "catalog" / "algorithms.csv"
IDS = list(registry.catalog())
LIGHT_IMPORTS = {"numpy", "algorithms", "core", "pydantic"}


@pytest.mark.parametrize("id", IDS)
def test_entry_is_complete(id: str) -> None:
    entry = registry.catalog()[id]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id)
    assert entry.path.startswith(f"algorithms/{entry.family}/")
    words = len(entry.article.split())
    assert 120 <= words <= 400, f"the article of {id} has {words} words"
    assert "**References.**" in entry.article
    assert "**Pitfalls.**" in entry.article
    assert len(entry.summary.split()) >= 6
    assert ">>>" in (entry.function.__doc__ or ""), f"{id} has no doctest"
    assert all(alias.strip() == alias and alias for alias in entry.aliases)


@pytest.mark.parametrize("id", IDS)
def test_inputs_are_described_and_bounded(id: str) -> None:
    schema = registry.catalog()[id].inputs_schema
    for name, parameter in schema.get("properties", {}).items():
        assert parameter.get("description"), f"{id}: {name} has no description in the docstring"
        for problem in unbounded(parameter, schema.get("$defs", {})):
            pytest.fail(f"{id}: {name}: {problem}")


def unbounded(node: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    if "$ref" in node:
        return unbounded(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
    if "anyOf" in node:
        return [p for option in node["anyOf"] for p in unbounded(option, definitions)]
    if "enum" in node or "const" in node:
        return []
    kind = node.get("type")
    if kind == "array":
        if "prefixItems" in node:
            return [p for item in node["prefixItems"] for p in unbounded(item, definitions)]
        return ([] if "maxItems" in node else ["an array without maxItems"]) + unbounded(node["items"], definitions)
    if kind == "string":
        return [] if "maxLength" in node else ["a string without maxLength"]
    if kind == "integer":
        return [] if {"maximum", "exclusiveMaximum"} & set(node) else ["an integer without maximum"]
    if kind == "number":
        return [] if {"maximum", "exclusiveMaximum"} & set(node) else ["a number without maximum"]
    if kind == "object":
        if "properties" in node:
            return [p for item in node["properties"].values() for p in unbounded(item, definitions)]
        keys = [] if "maxProperties" in node else ["an object without maxProperties"]
        return keys + unbounded(node.get("additionalProperties", {}), definitions)
    return [] if kind in {"boolean", "null"} else [f"no type in {node}"]


@pytest.mark.parametrize("id", IDS)
def test_example_gives_every_input_without_a_default(id: str) -> None:
    entry = registry.catalog()[id]
    required = {name for name, field in entry.inputs_model.model_fields.items() if field.is_required()}
    assert required <= set(entry.example) <= set(entry.inputs_model.model_fields)


@pytest.mark.parametrize("id", IDS)
def test_unknown_input_is_refused(id: str) -> None:
    with pytest.raises(InputError, match="xtra inputs are not permitted"):
        registry.catalog()[id].validate({"no_such_input": 1})


@pytest.mark.parametrize("name", registry.modules())
def test_module_imports_nothing_heavy(name: str) -> None:
    tree = ast.parse((ROOT / (name.replace(".", "/") + ".py")).read_text())
    for node in tree.body:
        roots = []
        if isinstance(node, ast.Import):
            roots = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            roots = [(node.module or "").split(".")[0]]
        heavy = [r for r in roots if r not in LIGHT_IMPORTS and r not in sys.stdlib_module_names]
        assert not heavy, f"{name} imports {heavy} at module level; import it inside the function that needs it"


def test_each_module_registers_its_own_name() -> None:
    registered = {entry.module for entry in registry.catalog().values()}
    assert registered == set(registry.modules())


def test_only_names_stated_as_ambiguous_have_several_owners() -> None:
    owners = defaultdict(set)
    for entry in registry.catalog().values():
        for name in {n.casefold() for n in (entry.name, entry.id.replace("-", " "), *entry.aliases)}:
            owners[name].add(entry.id)
    shared = {name for name, ids in owners.items() if len(ids) > 1}
    assert shared == registry.AMBIGUOUS
    families = {name: [registry.catalog()[id].family for id in owners[name]] for name in shared}
    assert {name: found for name, found in families.items() if len(set(found)) == 1} == {}


@pytest.mark.parametrize("name", ["json", "copy", "model_fields", "_seed"])
def test_a_reserved_parameter_name_is_refused(name: str) -> None:
    function = eval(f"lambda {name}: {{}}")
    with pytest.raises(ValueError, match=name):
        registry.algorithm(id="reserved", name="Reserved", example={name: 1})(function)
    with pytest.raises(ValueError, match="any number of inputs"):
        registry.algorithm(id="reserved", name="Reserved", example={})(lambda **inputs: {})
    assert "reserved" not in registry.catalog()


def test_missing_inputs_come_from_the_example_before_the_default() -> None:
    entry = registry.load("temperature-softmax")
    assert entry.example["temperature"] != entry.inputs_model.model_fields["temperature"].default
    assert entry.validate({"logits": [1, 2]})["temperature"] == entry.example["temperature"]
    assert entry.validate({"temperature": 1.0})["temperature"] == 1.0
    defaulted = registry.load("softmax")
    assert defaulted.validate({"logits": [1, 2]})["temperature"] == 1.0


def test_unknown_id_suggests_a_near_one() -> None:
    with pytest.raises(NotFound, match="softmax"):
        registry.load("sofmax")


@pytest.mark.skipif(not CATALOG.exists(), reason="the catalog of documents is not part of the project")
def test_catalog_rows_are_covered() -> None:
    rows = {row["id"]: row["family"] for row in csv.DictReader(CATALOG.open(encoding="utf-8"))}
    known = registry.catalog()
    wrong = {id: entry.family for id, entry in known.items() if rows.get(id) not in (None, entry.family)}
    assert wrong == {}
    begun = {entry.family for entry in known.values()}
    missing = {id for id, family in rows.items() if family in begun and id not in known}
    assert missing == set()
