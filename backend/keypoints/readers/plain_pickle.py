# SPDX-License-Identifier: GPL-3.0-or-later
"""Nested lists and tuples of text and numbers out of a pickle, which is looked at and never run.

pandas describes the columns of its HDF5 tables by such a pickle. A pickle is a program for a small machine; of its
instructions only those that stack plain values are followed here. Any other, such as one that names a function,
ends the reading.
"""

import pickletools

_MARK = object()
_LARGEST = 10**7  # bytes
_VALUES = {"INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT", "UNICODE", "BINUNICODE",
           "SHORT_BINUNICODE", "STRING", "BINSTRING", "SHORT_BINSTRING"}  # fmt: skip
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}


class PickleError(ValueError):
    """A pickle that is damaged or holds more than plain values; one line."""


def read_plain_pickle(data: bytes):
    """The list, tuple, text or number that a pickle stands for; PickleError for anything else."""
    if len(data) > _LARGEST:
        raise PickleError("its pickle is too large")
    stack: list = []
    memo: dict[int, object] = {}
    try:
        for code, argument, _ in pickletools.genops(data):
            if code.name == "STOP":
                (value,) = stack
                return _unmarked([value])[0]
            _follow(code.name, argument, stack, memo)
    except (IndexError, KeyError, ValueError, TypeError, AttributeError, OverflowError, MemoryError) as error:
        if isinstance(error, PickleError):
            raise
    raise PickleError("its pickle is damaged")


def _follow(name: str, argument, stack: list, memo: dict[int, object]) -> None:
    """One instruction."""
    if name in _VALUES:
        stack.append(argument)
    elif name in _CONSTANTS:
        stack.append(_CONSTANTS[name])
    elif name == "MARK":
        stack.append(_MARK)
    elif name == "EMPTY_LIST":
        stack.append([])
    elif name == "EMPTY_TUPLE":
        stack.append(())
    elif name in ("LIST", "TUPLE"):
        values = _to_mark(stack)
        stack.append(values if name == "LIST" else tuple(values))
    elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
        count = int(name[-1])
        values = tuple(_unmarked(stack[-count:]))
        if len(values) < count:
            raise PickleError("its pickle is damaged")
        del stack[-count:]
        stack.append(values)
    elif name == "APPEND":
        (value,) = _unmarked([stack.pop()])
        _list(stack).append(value)
    elif name == "APPENDS":
        values = _to_mark(stack)
        _list(stack).extend(values)
    elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
        memo[argument] = stack[-1]
    elif name == "MEMOIZE":
        memo[len(memo)] = stack[-1]
    elif name in ("GET", "BINGET", "LONG_BINGET"):
        stack.append(memo[argument])
    elif name not in ("PROTO", "FRAME"):
        raise PickleError(f"its pickle could run code ({name.lower()})")


def _to_mark(stack: list) -> list:
    """Take everything above the last mark, and the mark, from the stack."""
    place = max(index for index, value in enumerate(stack) if value is _MARK)
    values = stack[place + 1 :]
    del stack[place:]
    return values


def _unmarked(values: list) -> list:
    if any(value is _MARK for value in values):
        raise PickleError("its pickle is damaged")
    return values


def _list(stack: list) -> list:
    if not isinstance(stack[-1], list):
        raise PickleError("its pickle is damaged")
    return stack[-1]
