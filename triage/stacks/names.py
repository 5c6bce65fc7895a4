"""Function names without what a compiler, a build or a call adds: the words that stay the same across builds.

A balanced-bracket scanner takes arguments, template arguments, return types and qualifiers; `names.toml` tells what
tools generate: clones, hashes, lambdas, proxies, state machines. Namespaces, classes, methods and digits that a person
wrote stay. Lambdas are all called `lambda`, behind the function that they stand in. Each distinct name is read once.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from triage.stacks.shapes import is_plain, shaped

__all__ = ("basename", "normalise")

_MAX: Final = 2_000
_ROUNDS: Final = 8
_DEEPEST: Final = 6
_SIGNS: Final = frozenset("$@!+'`#-/*<>[(%:.{\"")
_CLOSING: Final = {"(": ")", "<": ">", "[": "]", "{": "}"}
_OPENING: Final = {close: opening for opening, close in _CLOSING.items()}
# Template arguments that hold no others, and brackets of arguments two deep at most: what long names consist of.
_ARGUMENTS: Final = r"[^<>()\[\]{}`']*"
_GROUP: Final = rf"\({_ARGUMENTS}(?:\({_ARGUMENTS}\){_ARGUMENTS})*\)"
_TEMPLATE: Final = re.compile(rf"<(?<=\w<)(?<!operator<){_ARGUMENTS}(?:{_GROUP}{_ARGUMENTS})*>(?!\w)")
_SIMPLE: Final = re.compile(rf"([\w:~]*\w)\({_ARGUMENTS}\)(?: const)?")
_WORD: Final = re.compile(r"\w")
_SCANNED: Final = re.compile(r"[(<\[{]|operator")
_TOKEN: Final = re.compile(
    r"(?<!\w)operator(?!\w)\s*(?:<=>|<<=|>>=|->\*?|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|\(\)|\[\]|\"\"\s*\w+"
    r"|(?:new|delete)(?!\w)(?:\s*\[\])?|co_await(?!\w)|[-+*/%^&|~!=<>,]=?)?|->|::|[()<>\[\]{}]|\s+"
)
_QUALIFIERS: Final = re.compile(r"(?:(?:const|volatile|noexcept|mutable|restrict|override|&&?)(?=\s|::|$|\[)\s*)+")
_GLUED: Final = re.compile(r"(?:const|volatile|noexcept|&&?)(?=\s|::|$)")
_STOPS: Final = ("-> ", ": ", "requires ", "throws", "[")
_TYPE_WORDS: Final = frozenset(
    {"decltype", "__attribute__", "typeof", "__typeof__", "__declspec", "alignas", "noexcept"}
)
_POINTER: Final = re.compile(r"\((?:[\w:]+::)?[*&]+\s*")
_BORROWED: Final = re.compile(r"(?:&(?:'\w+ )?(?:mut )?|\*(?:const|mut) |dyn |impl |for<[^<>]*> )+")
_OF_TYPES: Final = {"[": "slice", "(": "tuple"}
_CALLED_LAMBDA: Final = re.compile(r"(?<!\w)lambda::(?:operator\(\)|_FUN|__invoke)(?=::|$)")
# A method of Smalltalk, of whose name each colon is a part.
_SELECTOR: Final = re.compile(r"\w>>[A-Za-z_]\w*:(?:\w+:)*\Z")
_DELETING: Final = re.compile(r"(?<!\w)(\w+)::deleting_destructor")
# A function template whose arguments a reader has taken already: the type that it returns is left in front of it.
_RETURNING: Final = re.compile(r"(?!new |.*\b(?:operator|as)\b)(?:[A-Za-z_][\w:]*[*&]* )+([A-Za-z_~][\w:~]*)")
_IN_CONVERSION: Final = re.compile(r"\s*\bconst\b\s*(?=[*&\s]|$)|(?<=operator )const\s+|\s+(?=[*&])")


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """One entry of `names.toml`: a pattern, what it becomes, and what must be found besides."""

    pattern: re.Pattern[str]
    to: str
    only: re.Pattern[str] | None
    begins: bool  # whether it is looked for at the beginning alone


@dataclass(frozen=True, slots=True)
class _Rules:
    """All of `names.toml`: rewrites by the literal that they need, wrappers as one pattern, names in brackets."""

    rewrites: tuple[tuple[str, tuple[_Rewrite, ...]], ...]
    wrapper: re.Pattern[str]
    around: tuple[tuple[str, str], ...]
    brackets: tuple[tuple[tuple[str, ...], str], ...]


@cache
def _rules() -> _Rules:
    table: dict[str, Any] = tomllib.loads(files("triage.stacks").joinpath("names.toml").read_text("utf-8"))
    rewrites = tuple(
        (
            when,
            tuple(
                _Rewrite(
                    re.compile(entry["pattern"]),
                    entry["to"],
                    _compiled(entry.get("only")),
                    entry["pattern"].startswith("^"),
                )
                for entry in group
            ),
        )
        for when, group in groupby(table["rewrite"], key=lambda entry: str(entry["when"]))
    )
    wrappers = table["wrapper"]
    return _Rules(
        rewrites=rewrites,
        wrapper=re.compile("|".join(f"({entry['pattern']})" for entry in wrappers)),
        around=tuple((entry.get("before", ""), entry.get("after", "")) for entry in wrappers),
        brackets=tuple((tuple(beginnings), word) for word, beginnings in table["brackets"].items()),
    )


@lru_cache(maxsize=1_024)
def _rewrites(signs: frozenset[str]) -> tuple[tuple[str, tuple[_Rewrite, ...]], ...]:
    """The rewrites for a name that holds these signs: those whose literal holds no other."""
    # Escapes of Rust put signs into a name that were not there.
    escaped = frozenset("<>&,{}[]. :") if "$" in signs else frozenset()
    return tuple((when, group) for when, group in _rules().rewrites if _SIGNS.intersection(when) <= signs | escaped)


def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


@lru_cache(maxsize=65_536)
def normalise(name: str) -> str:
    """Give a function name without arguments, templates, hashes and generated parts.

    Examples
    --------
    >>> normalise("void ns::Map<int, std::string>::insert(int, std::string const&) [clone .cold.3]")
    'ns::Map::insert'
    >>> normalise("core::panicking::panic_fmt::h0123456789abcdef")
    'core::panicking::panic_fmt'
    >>> normalise("Shop.Cart.<>c__DisplayClass3_0.<Pay>b__0(Int32 x)")
    'Shop.Cart.Pay.lambda'
    """
    name = name[:_MAX].strip()
    for _ in range(_ROUNDS):
        shorter = _shorter(name)
        if shorter == name:
            return name
        name = shorter
    # Only a made-up name goes on changing; its letters do not.
    return "".join(char for char in name if char.isalpha()) or "unknown"


def _shorter(name: str) -> str:
    """The name itself where nothing can be generated in it, else what is left after one round."""
    if is_plain(name) or not _WORD.search(name):
        return name
    kept = _once(name)[:_MAX].strip()
    return kept if _WORD.search(kept) else "_".join(re.findall(r"\w+", name))


def _once(name: str) -> str:
    """One round: template arguments, then by its shape, else by all that is known of names."""
    name = " ".join(name.split())
    templated = name[-1:] == ">"
    if "<" in name and name[0] != "#":
        for _ in range(_ROUNDS):
            name, count = _TEMPLATE.subn("", name)
            if not count:
                break
        if is_plain(name):
            return name
    if " " in name and _rules().wrapper.match(name):
        return _rewritten(name)
    if templated and " " in name and (returning := _RETURNING.fullmatch(name)):
        return returning[1]
    return shaped(name) or _rewritten(name)


def _rewritten(name: str) -> str:
    """A name without the words around it, what tools generate, and what stands in brackets."""
    before = after = ""
    rules = _rules()
    if " " in name:
        for _ in range(_ROUNDS):
            wrapper = rules.wrapper.match(name)
            if wrapper is None or wrapper.end() == len(name):
                break
            put = rules.around[(wrapper.lastindex or 1) - 1]
            before, after = before + put[0] if put[0] not in before else before, put[1] + after
            name = name[wrapper.end() :].lstrip()
    for when, group in _rewrites(_SIGNS.intersection(name)):
        if when in name:
            for rewrite in group:
                if rewrite.begins and not rewrite.pattern.match(name):
                    continue
                if rewrite.only is None or rewrite.only.search(name):
                    name = rewrite.pattern.sub(rewrite.to, name)
    name = name.strip()
    if name.startswith(("-[", "+[")) or (name.startswith(("$s", "_$s", "$S", "_$S")) and " " not in name):
        return before + name + after  # Objective-C, where brackets are the name, and mangled Swift
    return before + _finished(_outside(name)) + after


def _outside(name: str) -> str:
    """What stands outside of brackets; a name without any keeps its spaces (`main chunk`), but for a type behind it."""
    simple = _SIMPLE.fullmatch(name)
    if simple and "operator" not in name:
        return simple[1]
    if _SCANNED.search(name) or ("::" in name and " " in name):
        return _Scanner(name).outside()
    return name.partition(" -> ")[0].partition(" : ")[0] if " " in name else name


def _finished(name: str) -> str:
    """What can be told only of the whole: the call of a lambda, the pointer of a return type, loose ends."""
    if "lambda::" in name:
        name = _CALLED_LAMBDA.sub("lambda", name)
    if "deleting_" in name:
        name = _DELETING.sub(r"\1::~\1", name)
    name = name.lstrip("*& ").removeprefix("::")
    if name.endswith(":") and _SELECTOR.search(name):
        return name
    return name if "operator" in name else name.rstrip(":, ")


class _Scanner:
    """What stands outside of every bracket of one name, in one pass over its brackets, spaces and operators."""

    __slots__ = ("called", "conversion", "depth", "index", "kept", "name", "partner", "position", "tokens")

    def __init__(self, name: str, depth: int = 0) -> None:
        self.name = name
        self.depth = depth
        self.tokens = [(*token.span(), token[0]) for token in _TOKEN.finditer(name)]
        self.partner = _partners(self.tokens)
        self.kept: list[str] = []
        self.position = 0
        self.index = 0
        self.called = False
        self.conversion = False

    def outside(self) -> str:
        """The name."""
        while self.index < len(self.tokens):
            start, end, text = self.tokens[self.index]
            self.index += 1
            if start < self.position:
                continue
            if start > self.position:
                self.kept.append(self.name[self.position : start])
            self.position = end
            if text in _CLOSING:
                self._open(text, end)
            elif text.isspace():
                self._space(end)
            elif text[0] == "o":
                self._operator(text, end)
            elif text == ")":  # of a pointer to the function that is returned
                self.position = len(self.name)
            elif text in {"->", "::"} and self.kept:
                self.kept.append(text)
        self.kept.append(self.name[self.position :])
        kept = "".join(self.kept)
        return _IN_CONVERSION.sub("", kept) if self.conversion else kept

    def _operator(self, text: str, end: int) -> None:
        symbol = text[8:].strip()
        if symbol.startswith('""'):
            symbol = '""' + symbol[2:].strip()
        self.kept.append("operator" + (" " * symbol[:1].isalpha() + symbol.replace(" [", "[")))
        if not symbol and end < len(self.name) and self.name[end] != "(":
            self.kept.append(" ")
            self.conversion = True

    def _space(self, end: int) -> None:
        """A space parts a return type from the name, the name from its arguments or from qualifiers."""
        following = self.name[end : end + 1]
        if following and following in _CLOSING:
            pointer = _POINTER.match(self.name, end) if following == "(" else None
            close = self.partner.get(self.index)
            if pointer and close is not None and "(" in self.name[pointer.end() : self.tokens[close][0]]:
                self.kept.clear()
                self.position = pointer.end()
                self.index += 1
            elif close is not None and _named(self.name[end : self.tokens[close][0]]):
                self.kept.clear()
            return
        qualifiers = _QUALIFIERS.match(self.name, end)
        if qualifiers:
            self.position = qualifiers.end()
        elif self.called or self.name.startswith(_STOPS, end) or (self.depth and self._of_type(end)):
            self.position = len(self.name)
        elif self.conversion:
            self.kept.append(" ")
        else:
            self.kept.clear()

    def _of_type(self, end: int) -> bool:
        """Whether the trait of a Rust type follows, or further bounds."""
        return self.name.startswith(("as ", "+ "), end)

    def _open(self, text: str, end: int) -> None:
        """Behind a name a bracket holds arguments; else it is a name: `Object.<anonymous>`, Go's `(*T)`."""
        close = self.partner.get(self.index - 1)
        tail = self.kept[-1][-1:] if self.kept else ""
        behind = tail.isalnum() or tail in {"_", "~", "$", "?", "!", "'"} or self._behind_operator()
        # What is a name of its own has arguments also: `Cart.<init>(int)`.
        behind = behind or (text == "(" and tail in {">", "}", ")"} and self.kept[-1] != "->")
        if close is None:
            # Cut in the middle of its arguments.
            self.position = len(self.name) if behind else self.position
            return
        inner, after = self.name[end : self.tokens[close][0]], self.tokens[close][1]
        if not behind:
            self._name(text, inner, after)
        elif text == "(":
            self.called = self.kept[-1].rpartition(" ")[2] not in _TYPE_WORDS
        self.index, self.position = close + 1, after
        glued = _GLUED.match(self.name, after)
        if behind and glued:
            self.position = glued.end()

    def _behind_operator(self) -> bool:
        return bool(self.kept) and (self.kept[-1].startswith("operator") or self.conversion)

    def _name(self, text: str, inner: str, after: int) -> None:
        """A bracket that is a name of its own."""
        word = _named(text + inner)
        is_path = self.name.startswith("::", after)
        if word:
            self.kept.append(word)
        elif text != "<":
            self.kept.append(text + (inner.partition("[")[0] if text == "(" else inner) + _CLOSING[text])
        elif inner.startswith("impl ") or (is_path and not self.kept):
            self._self_type(inner)
        elif self.kept and self.kept[-1] == "::":  # `f::<T>`
            self.kept.pop()
        elif inner == "anonymous" and is_path:
            self.kept.append(inner)
        else:
            self.kept.append(f"<{inner}>")

    def _self_type(self, inner: str) -> None:
        """`<T as Trait>::f` and `<impl Trait for T>::f` are named by T, the type that the code lies in."""
        if inner.startswith("impl "):
            inner = inner[5:].partition(" for ")[2] or inner[5:]
        inner = inner[borrowed.end() :] if (borrowed := _BORROWED.match(inner)) else inner
        of = _OF_TYPES.get(inner[:1]) or (
            _Scanner(inner, self.depth + 1).outside() if self.depth < _DEEPEST else "type"
        )
        if "::" in of or not self.kept:
            self.kept[:] = [of]
        elif self.kept[-1] == "::":  # an implementation for a primitive type is told by its module
            self.kept.pop()


def _partners(tokens: list[tuple[int, int, str]]) -> dict[int, int]:
    """The closing token of each opening one; what nothing closes, as a `<` that compares, has none."""
    partner: dict[int, int] = {}
    waiting: list[int] = []
    count = dict.fromkeys(_CLOSING, 0)
    for index, (_, _, text) in enumerate(tokens):
        if text in _CLOSING:
            waiting.append(index)
            count[text] += 1
        elif text in _OPENING and count[_OPENING[text]]:
            if text == ">" and tokens[waiting[-1]][2] != "<":
                continue
            while waiting:
                last = waiting.pop()
                count[tokens[last][2]] -= 1
                if tokens[last][2] == _OPENING[text]:
                    partner[last] = index
                    break
    return partner


def _named(text: str) -> str:
    """The word for a bracket that tools write as a name: lambdas, unnamed types, anonymous namespaces."""
    for beginnings, word in _rules().brackets:
        if text.startswith(beginnings):
            return word
    return ""


def basename(path: str) -> str:
    """The last part of a path of any system.

    Examples
    --------
    >>> basename(r"C:\\app\\bin\\app.exe")
    'app.exe'
    """
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
