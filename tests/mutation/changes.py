"""The changes tried: each is one small other meaning of one place of the source, and only where something runs."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "argmax": "argmin", "argmin": "argmax"}


@dataclass(frozen=True)
class Mutant:
    """One change: the bytes `start:end` of a file become `after`. `imported`: the place runs when the file is."""

    path: str
    lines: range
    start: int
    end: int
    before: str
    after: str
    imported: bool

    def __str__(self) -> str:
        return f"{self.path}:{self.lines[0]}  {' '.join(self.before.split())}  →  {self.after}"


def changed(node: ast.AST) -> Iterator[ast.AST | str]:
    """What could stand in a node's place and mean something slightly different."""
    match node:
        case ast.Compare(left, [op], [right]) if type(op) in COMPARED:
            yield ast.Compare(left, [COMPARED[type(op)]()], [right])
        case ast.BinOp(left, op, right) if type(op) in COMPUTED and not (_is_text(left) or _is_text(right)):
            yield ast.BinOp(left, COMPUTED[type(op)](), right)
        case ast.AugAssign(target, op, value) if type(op) in COMPUTED:
            yield ast.AugAssign(target, COMPUTED[type(op)](), value)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
        case ast.Constant(bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(float(value)):
            yield ast.Constant(value * 2 or 1.0)
        case ast.UnaryOp(ast.USub() | ast.Not(), value):
            yield value
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.If(test) | ast.While(test):
            yield ast.UnaryOp(ast.Not(), test)  # stands in the place of the test
        case ast.Break():
            yield "continue"
        case ast.Continue():
            yield "break"
        case ast.Expr(ast.Call() | ast.YieldFrom()) | ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield "pass"
        case ast.Return(value) if value and not isinstance(value, ast.Constant):
            yield "return None"
        case ast.Name(name) | ast.Attribute(_, name) if name in NAMES and isinstance(node.ctx, ast.Load):
            yield ast.Name(NAMES[name]) if isinstance(node, ast.Name) else ast.Attribute(node.value, NAMES[name])


def _is_text(node: ast.AST) -> bool:
    """Text and types only break when they are subtracted: that any test notices."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str | None))


UNSEEN = ("annotation", "returns", "decorator_list", "type_params")


def nodes(node: ast.AST, imported: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    """Everything that runs, and whether it does at import: no annotation, decorator or message of an error."""
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "__name__ == '__main__'"):
        return
    yield node, imported
    for name, field in ast.iter_fields(node):
        if name not in UNSEEN:
            inside = name == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for child in field if isinstance(field, list) else [field]:
                if isinstance(child, ast.AST):
                    yield from nodes(child, imported and not inside)


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    """Every change of a file."""
    offsets = [0]
    for line in text.encode().splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    data = text.encode()
    for node, imported in nodes(ast.parse(text)):
        for other in changed(node):
            place = node.test if isinstance(node, ast.If | ast.While) else node
            start = offsets[place.lineno - 1] + place.col_offset
            end = offsets[place.end_lineno - 1] + place.end_col_offset
            after = other if isinstance(other, str) else ast.unparse(ast.fix_missing_locations(other))
            after = f"({after})" if isinstance(place, ast.expr) and not isinstance(place, ast.Name) else after
            lines = range(place.lineno, place.end_lineno + 1)
            yield Mutant(path, lines, start, end, data[start:end].decode(), after, imported)
