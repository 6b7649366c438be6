"""Small mistakes that somebody could make in a rule: each a copy of a module's syntax tree with one node changed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any, Final, NamedTuple

COMPARED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
CALCULATED: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
TYPES: Final = ("TypeAlias", "TypeVar", "Annotated", "ClassVar")
GENERIC: Final = frozenset({"frozenset", "list", "dict", "tuple", "set", "Literal", "Annotated", "Mapping"})


@dataclass(frozen=True)
class Mutant:
    """`function` is the qualified name of the function that it is in, "" for what runs when the module is imported.

    `code` is the whole module's, compiled with the change.
    """

    function: str
    line: int
    before: str
    after: str
    code: CodeType

    @property
    def told(self) -> str:
        """Where it is and what it changes, on whatever line it stands."""
        return f"{self.function or 'module'}: {self.before} -> {self.after}"


class Place(NamedTuple):
    """A node with where it hangs: in a field of its parent, or at a place of the list that the field is."""

    function: str
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants(source: str, file: str) -> Iterator[Mutant]:
    """Every one of a module, in the order of its lines."""
    tree = ast.parse(source)
    for place in list(_places(tree, "", inside=False)):
        for after, node in _changes(place.node):
            before = _first_line(place.node)
            ast.copy_location(node, place.node)
            place.put(ast.fix_missing_locations(node))
            code = _compiled(tree, file)
            place.put(place.node)
            if code is not None:
                yield Mutant(place.function, getattr(place.node, "lineno", 0), before, after, code)


def _compiled(tree: ast.Module, file: str) -> CodeType | None:
    """None where Python itself notices, as it does of an alternative that leaves none for those after it."""
    try:
        return compile(tree, file, "exec", dont_inherit=True)
    except SyntaxError:
        return None


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).strip().splitlines()[0]


def _places(node: ast.AST, name: str, *, inside: bool) -> Iterator[Place]:
    """Every node that may change, with the function whose code it is part of; what is evaluated at import belongs to none."""
    for field, value in ast.iter_fields(node):
        if _is_passed_over(node, field):
            continue
        body = inside or (isinstance(node, ast.FunctionDef) and field == "body")
        several = isinstance(value, list)
        for index, child in enumerate(value if several else [value]):
            if not isinstance(child, ast.AST) or _is_docstring(child, node) or _is_cast(node, field, index):
                continue
            named = isinstance(child, ast.FunctionDef | ast.ClassDef)
            if not named:
                yield Place(name if body else "", node, field, index if several else None, child)
            yield from _places(child, f"{name}.{child.name}".lstrip(".") if named and not inside else name, inside=body)


def _is_passed_over(node: ast.AST, field: str) -> bool:
    """What only types or readers of a text read."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Raise() | ast.JoinedStr():
            return True
        case ast.Assign(value=value):
            return any(word in ast.unparse(value) for word in TYPES)
        case ast.AnnAssign(annotation=annotation):
            return field == "annotation" or any(word in ast.unparse(annotation) for word in TYPES)
        case ast.Subscript(value=ast.Name(id=name)):
            return name in GENERIC
        case ast.arg() | ast.FunctionDef() | ast.ClassDef():
            return field in {"annotation", "returns", "decorator_list", "bases", "keywords"}
        case _:
            return False


def _is_cast(node: ast.AST, field: str, index: int) -> bool:
    """The type that somebody only claims."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast" and (field, index) == ("args", 0)


def _is_docstring(child: ast.AST, parent: ast.AST) -> bool:
    return isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant) and not isinstance(parent, ast.Expr)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What may stand in place of a node, as text and as a node."""
    for kind, changes in CHANGES.items():
        if isinstance(node, kind):
            yield from ((_first_line(new), new) for new in changes(node))


def _compared(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401 - the kind that it is registered for
    for place, operator in enumerate(node.ops):
        for other in COMPARED[type(operator)]:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _joined(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for place in range(len(node.values)):
        rest = [*node.values[:place], *node.values[place + 1 :]]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _denied(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    if isinstance(node.op, ast.Not):
        yield node.operand


def _calculated(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    if other := CALCULATED.get(type(node.op)):
        yield ast.BinOp(node.left, other(), node.right)


def _constant(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    match node.value:
        case bool() as so:
            yield ast.Constant(not so)
        case int() as number:
            yield ast.Constant(number + 1)
        case str() as text:
            yield ast.Constant(f"{text}?")
        case _:
            return


def _returned(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    """Nothing instead of something."""
    if isinstance(node.value, ast.Tuple | ast.BinOp) and ast.unparse(node.value) != "()":
        yield ast.Return(ast.Tuple([], ast.Load()))
    elif isinstance(node.value, ast.Call | ast.Name | ast.Attribute):
        yield ast.Return(ast.Constant(None))


def _listed(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    """One thing less."""
    if isinstance(node.ctx, ast.Load) and len(node.elts) > 1:
        for place in range(len(node.elts)):
            yield ast.Tuple([*node.elts[:place], *node.elts[place + 1 :]], ast.Load())


def _chosen(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    yield node.body
    yield node.orelse


def _asked(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    for value in (True, False):
        yield ast.If(ast.Constant(value), node.body, node.orelse)


def _filtered(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    for place in range(len(node.ifs)):
        yield ast.comprehension(node.target, node.iter, [*node.ifs[:place], *node.ifs[place + 1 :]], node.is_async)


def _matched(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    """Without its guard."""
    if node.guard is not None:
        yield ast.match_case(node.pattern, None, node.body)


def _alternatives(node: Any) -> Iterator[ast.AST]:  # noqa: ANN401
    for place in range(len(node.patterns)):
        rest = [*node.patterns[:place], *node.patterns[place + 1 :]]
        yield rest[0] if len(rest) == 1 else ast.MatchOr(rest)


CHANGES: Final[dict[type[ast.AST], Callable[[Any], Iterable[ast.AST]]]] = {
    ast.Compare: _compared,
    ast.BoolOp: _joined,
    ast.UnaryOp: _denied,
    ast.BinOp: _calculated,
    ast.Constant: _constant,
    ast.Return: _returned,
    ast.Tuple: _listed,
    ast.IfExp: _chosen,
    ast.If: _asked,
    ast.comprehension: _filtered,
    ast.match_case: _matched,
    ast.MatchOr: _alternatives,
}
