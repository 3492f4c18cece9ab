"""Which names the installed libraries have, read from their sources and stubs; nothing of them is imported or run.

Only top-level specs are looked up (that imports nothing); below, files are found by path and parsed with `ast`.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass, field
from functools import cache
from importlib import machinery, metadata
from pathlib import Path

MAX_SOURCE = 4 * 2**20
MAX_PACKAGE = 120 * 2**20
MAX_STARS = 40


@dataclass
class Names:
    """Names of a module.

    Attributes
    ----------
    known : set of str
        All that its text binds, and its submodules; more than it really has rather than less.
    is_open : bool
        Whether it may have others: made at run time, or in compiled code without a stub.
    path : str
        The file that was read.
    """

    known: set[str] = field(default_factory=set)
    is_open: bool = False
    path: str = ""


def exists(module: str, name: str = "") -> bool | None:
    """Whether an installed library has a module, or a name in it; None where that cannot be known.

    Examples
    --------
    >>> exists("json", "loads"), exists("json", "no_such_function"), exists("no_such_library")
    (True, False, None)
    """
    top = module.partition(".")[0]
    if _root(top) is None:
        return None
    location = _locate(module)
    if location is None:
        parent, _, last = module.rpartition(".")
        return exists(parent, last) if parent else None
    if not name:
        return True
    names = names_of(module)
    if name in names.known:
        return True
    if name.startswith("_") or _is_compiled(location):
        return None  # stubs leave out private names, and compiled modules have more than their stubs say
    if not names.is_open:
        return False
    return None if _mentions(top, name) is not False else False


@cache
def _root(top: str) -> Path | None:
    """File or folder of an installed top-level module with sources."""
    if not top.isidentifier() or top in sys.builtin_module_names:
        return None
    spec = machinery.PathFinder.find_spec(top)
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None


def _locate(module: str) -> Path | None:
    """Folder of a package or file of a module; None where there is none."""
    first, *rest = module.split(".")
    place = _root(first)
    for part in rest:
        if place is None or not place.is_dir() or not part.isidentifier():
            return None
        place = _child(place, part)
    return place


def _child(folder: Path, part: str) -> Path | None:
    inner = folder / part
    if inner.is_dir():
        return inner
    for suffix in (".pyi", ".py"):
        if inner.with_suffix(suffix).exists():
            return inner.with_suffix(suffix)
    compiled = [p for p in folder.glob(f"{part}.*") if p.suffix in {".so", ".pyd"}]
    return compiled[0] if compiled else None


def _is_compiled(place: Path) -> bool:
    return not place.is_dir() and any(
        p.suffix in {".so", ".pyd"} for p in place.parent.glob(f"{place.name.partition('.')[0]}.*")
    )


@cache
def names_of(module: str) -> Names:
    """Names of one installed module."""
    place = _locate(module)
    names = Names(path=str(place or ""))
    if place is None:
        names.is_open = True
        return names
    if place.is_dir():
        names.known |= {
            p.name.partition(".")[0] for p in place.iterdir() if p.suffix in {"", ".py", ".pyi", ".so", ".pyd"}
        }
    files = [f for f in _sources(place) if f.exists()]
    if not files:
        names.is_open = True
        return names
    stub = [f for f in files if f.suffix == ".pyi"]
    opens = []
    for file in files:
        reading = _Reading(module, file)
        names.known |= reading.names
        opens.append(reading.is_open)
        names.path = str(file)
    names.is_open = opens[0] if stub else any(opens)
    return names


def _sources(place: Path) -> list[Path]:
    if place.is_dir():
        return [place / "__init__.pyi", place / "__init__.py"]
    if place.suffix in {".py", ".pyi"}:
        return [place.with_suffix(".pyi"), place.with_suffix(".py")]
    return [place.parent / f"{place.name.partition('.')[0]}.pyi"]


class _Reading:
    """One parse of one file."""

    def __init__(self, module: str, file: Path) -> None:
        self.names: set[str] = set()
        self.is_open = False
        is_package = file.stem == "__init__"
        self._package = module if is_package else module.rpartition(".")[0]
        if file.stat().st_size > MAX_SOURCE:
            self.is_open = True
            return
        try:
            tree = ast.parse(file.read_text(encoding="utf-8", errors="replace"))
        except (SyntaxError, ValueError, RecursionError):
            self.is_open = True
            return
        self._stars = 0
        self._block(tree.body)

    def _block(self, body: list[ast.stmt]) -> None:
        for node in body:
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.names.add(node.name)
                self.is_open |= node.name == "__getattr__"
            case ast.Import():
                self.names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
            case ast.ImportFrom():
                self._import(node)
            case ast.If() | ast.For() | ast.While():
                self._block(node.body + node.orelse)
                if isinstance(node, ast.For):
                    self.names |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
                self.is_open |= not isinstance(node, ast.If) and _is_dynamic(node)
            case ast.Try():
                self._block(node.body + node.orelse + node.finalbody + [s for h in node.handlers for s in h.body])
            case ast.With() | ast.AsyncWith():
                self.names |= {n.id for item in node.items for n in ast.walk(item) if isinstance(n, ast.Name)}
                self._block(node.body)
            case _:
                self.names |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
                if isinstance(node, ast.Assign) and _assigns(node, "__all__"):
                    self.names |= {
                        c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)
                    }
                self.is_open |= _is_dynamic(node)

    def _import(self, node: ast.ImportFrom) -> None:
        self.names |= {alias.asname or alias.name for alias in node.names if alias.name != "*"}
        if all(alias.name != "*" for alias in node.names):
            return
        base = self._package.split(".")
        source = node.module or ""
        if node.level:
            source = ".".join([*base[: len(base) - node.level + 1], *([source] if source else [])])
        self._stars += 1
        if self._stars > MAX_STARS or _locate(source) is None or source == self._package:
            self.is_open = True
            return
        inner = names_of(source)
        self.names |= inner.known
        self.is_open |= inner.is_open


def _assigns(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def _is_dynamic(node: ast.AST) -> bool:
    """Whether a statement may bind names that its text does not show."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            if part.func.id in {"globals", "vars", "setattr", "exec", "__import__", "locals"}:
                return True
        elif isinstance(part, ast.Attribute) and part.attr in {"modules", "attach", "attach_stub", "__dict__"}:
            return True
    return False


@cache
def _mentions(top: str, name: str) -> bool | None:
    """Whether a word occurs anywhere in a library's sources; None where they are too large to read."""
    root = _root(top)
    if root is None or not root.is_dir():
        return None
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    total = 0
    for file in root.rglob("*.py*"):
        if file.suffix not in {".py", ".pyi"}:
            continue
        total += file.stat().st_size
        if total > MAX_PACKAGE:
            return None
        if word.search(file.read_text(encoding="utf-8", errors="replace")):
            return True
    return False


@cache
def version(top: str) -> str:
    """Distribution and version that a top-level module comes from.

    Examples
    --------
    >>> version("json").startswith("Python 3.")
    True
    """
    if top in sys.stdlib_module_names:
        return f"Python {sys.version_info.major}.{sys.version_info.minor}"
    for distribution in _distributions().get(top, [top]):
        try:
            return f"{distribution} {metadata.version(distribution)}"
        except metadata.PackageNotFoundError:
            continue
    return top


@cache
def _distributions() -> dict[str, list[str]]:
    return {name: list(found) for name, found in metadata.packages_distributions().items()}
