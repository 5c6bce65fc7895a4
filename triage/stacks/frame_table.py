"""Distinct frames: the name, the role and the rule of each, worked out once however often it occurs."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

from triage.stacks.digests import NONE, word
from triage.stacks.endings import ending
from triage.stacks.generic import LANGUAGES, place
from triage.stacks.names import basename, normalise
from triage.stacks.roles import ROLES, Role, Roles

__all__ = ("FIRM", "TELLING", "TRAITS", "WEAK", "FrameTable", "Known", "file_name", "placed")

# What tells frames apart; line, column, address and arguments do not.
TRAITS: Final = ("frame_kind", "function", "module", "module_offset", "file", "language", "in_app")
# Distinct frames remembered at once; beyond it the table starts again, which costs time and nothing else.
_MOST: Final = 1 << 19
_ROLE_NUMBERS: Final = {role: number for number, role in enumerate(ROLES)}
# What bundlers put into the name of a file, another with each build: hexadecimal, or eight letters and digits, by their
# capitals and no word with a number. What servers put behind it keeps browsers from an older one.
_HASH: Final = (
    r"[.~-](?:[0-9a-f]{8,32}|(?!(?:[A-Z][a-z]*|[a-z]+)_?[vV]?\d+\.)(?=[a-z\d_]*[A-Z])"
    r"(?=\w*(?:\d|[a-z][A-Z]\w*[a-z][A-Z]|[A-Z]{2}\w*[a-z]\w*[A-Z]))\w{8})(?=\.)"
)
_BUNDLE: Final = re.compile(_HASH)
_QUERY: Final = re.compile(r"(?<=js)\?.*")
# Classes and objects in bundles have names of a letter or two, which a build gives anew; their methods keep theirs.
_BUILT: Final = re.compile(_HASH + r"|\.min\.m?js\b")
_RECEIVER: Final = re.compile(r"^(?:[A-Za-z]{1,2}\.){1,4}(?=[A-Za-z_$][\w$]{2,200}$)")
# By role, and whether the frame has a name: an offset in an image is good within one build.
TELLING: Final = {
    ("application", True): 7,
    ("application", False): 6,
    ("library", True): 3,
    ("library", False): 2,
    ("prefix", True): 1,
    ("prefix", False): 1,
}
FIRM: Final = TELLING["application", True]
# Of `main`, fuzz targets and what stands around them the innermost alone: everything runs through them. The packages
# that a target tests tell more.
PACKAGE, WEAK = 5, 4
_COMPILED: Final = frozenset({"native", "c", "c++", "rust", "swift", "kernel", "objective-c"})
# Whether a method is of an object or of its class only PHP itself tells, no client of an error tracker.
_METHOD: Final = re.compile(r"(?<=[\w}])(?<!operator)->(?=[\w\\{])")
# In other languages these are names that people give.
_CLONE: Final = re.compile(r"(?<=\w)\.(?:cold|hot|warm|isra|part|constprop)$")
# Of Go's functions without a name those of which a tool leaves the package out; `names.toml` has those behind one.
_CLOSURE: Final = re.compile(
    r"(?:\.(?:func|gowrap|deferwrap)|-range)\d+(?:(?:\.(?:func|gowrap|deferwrap)?|-range)\d+)*(?=$|\.)"
)
# Swift's names as some tools write them: with the module that others leave out, and with types.
_SWIFT: Final = re.compile(
    r"\((?:\w{1,80}: ?)(?:[)\w(\[]|$)| -> |\.[gs]etter\b|\.modify\b|closure #\d"
    r"|\.(?:__(?:de)?allocating_)?(?:de)?init\b"
)
# Templates of a type that stands in a function, and functions that do.
_LOCAL: Final = re.compile(r"\)(?: const)?::(?:<lambda|\{lambda|\$_\d|'lambda)")
_HEADER: Final = re.compile(r"/include/c\+\+/|/c\+\+/v1/")
_OWN: Final = re.compile(r"(?!(?:std|__gnu_cxx|__cxxabiv1|boost)::|_|operator\b)[^<>]{1,1000}$")
# What the names that compilers write begin with.
_MANGLED: Final = ("_", "$", "?")


class Known(NamedTuple):
    """One distinct frame: its name, "" where nothing is known, the word of that, its role as a place in `ROLES`.

    `telling` says how much it tells of where a crash is: of a stack only the frames that tell most count; `ending`
    what it says of how the program ended, "" for most. `shown` is the name as people know it, with the anonymous
    namespace that only some tools tell of. `placed` is the name with its file, where the name alone does not tell where
    it is ("" where it does), and `placed_word` the word of that: see `placed`.
    """

    name: str
    word: int
    role: int
    rule: str
    telling: int
    ending: str
    shown: str
    placed: str = ""
    placed_word: int = NONE


def placed(top: list[Known]) -> list[Known]:
    """The frames of a key, innermost first, as it takes them: the first with its file where its name does not tell it.

    Examples
    --------
    >>> table = FrameTable.default()
    >>> frames = [table.known(("frame", name, None, None, "/a/b.py", "python", None)) for name in ("get", "main")]
    >>> [one.name for one in placed(frames)]
    ['b.get', 'main']
    """
    if not top or not top[0].placed:
        return top
    return [top[0]._replace(name=top[0].placed, word=top[0].placed_word), *top[1:]]


class FrameTable:
    """The distinct frames that were met under one set of rules.

    Examples
    --------
    >>> FrameTable.default().known(("frame", "app::parse(int)", None, None, None, "c++", None)).name
    'app::parse'
    """

    def __init__(self, roles: Roles) -> None:
        self._of = roles.of
        self._known: dict[tuple[Any, ...], Known] = {}

    @staticmethod
    @cache
    def default() -> FrameTable:
        """The table under the rules that triage brings, one for the whole process."""
        return FrameTable(Roles.default())

    def known(self, traits: tuple[Any, ...]) -> Known:
        """What is known of a frame, by its `TRAITS` in their order."""
        return self._known.get(traits) or self._learned(traits)

    def each(self, rows: list[tuple[Any, ...]]) -> list[Known]:
        """What is known of each of some frames."""
        get, learned = self._known.get, self._learned
        return [get(traits) or learned(traits) for traits in rows]

    def _learned(self, traits: tuple[Any, ...]) -> Known:
        kind, function, module, offset, file, language, in_app = traits
        read, shown = function or "", ""
        if read.startswith(_MANGLED):
            read = _demangled(read)
        name = normalise(read) if read else ""
        compiled = language is None or language in _COMPILED
        if compiled:
            name = _CLONE.sub("", name) if "." in name else name
            # Where the program's own code was inlined into, tools tell the line of the header that came with it.
            file = None if file and _in_header(file) and _OWN.match(read) else file
        role = self._of(kind=kind, name=name, module=module, file=file, language=language, in_app=in_app)
        telling = _telling(role, named=bool(name))
        if language == "javascript" and "." in name[1:3] and file and _BUILT.search(basename(file)):
            name = _RECEIVER.sub("", name)
        if language == "go" and "." in name:
            name = _CLOSURE.sub(".lambda", name)
        if "->" in name:
            shown, name = name, _METHOD.sub("::", name)
        inner = name.replace("anonymous::", "(anonymous namespace)::") if compiled and "anonymous::" in name else ""
        if compiled and ("." in name or ")" in read or inner):
            name = _linked(name, read, module)
        where = place(name, _built(file), language) if name and file and language in LANGUAGES else ""
        name = name or _image_place(module, offset) or file_name(file)
        # Of whoever a frame is of which nothing is known, it does not say where the crash is.
        telling = telling if name else 0
        number = _ROLE_NUMBERS[role.role]
        if len(self._known) >= _MOST:
            self._known.clear()
        known = Known(
            name,
            word(name) if name else NONE,
            number,
            role.rule,
            telling,
            ending(name),
            shown or inner or name,
            *((f"{where}.{name}", word(f"{where}.{name}")) if where else ()),
        )
        self._known[traits] = known
        return known


def file_name(file: str | None) -> str:
    """The name of a file without folders and without what a build puts into it.

    Examples
    --------
    >>> file_name("/builds/77/app.4f1c09ab.js"), file_name("https://a.example/index-BX1f9aZk.js?v=7"), file_name(None)
    ('app.js', 'index.js', '')
    """
    return basename(_built(file or ""))


def _built(file: str) -> str:
    """A file without what a build puts into its name."""
    return _BUNDLE.sub("", _QUERY.sub("", file))


def _telling(role: Role, *, named: bool) -> int:
    """How much a frame tells of where a crash is."""
    if role.weak:
        return WEAK
    return PACKAGE if role.package and named else TELLING.get((role.role, named), 0)


@lru_cache(maxsize=4_096)
def _in_header(file: str) -> bool:
    """Whether a file is a header of the standard library of C++."""
    return _HEADER.search(file) is not None


def _linked(name: str, read: str, module: str | None) -> str:
    """A name without what only some tools write of it: what a linker does not see, and the module of Swift.

    Of a function that no other file can call, some tools know no more than its own name: of one in an anonymous
    namespace, and of a template for a local type.
    """
    if "anonymous::" in name:
        name = name.rpartition("anonymous::")[2]
    if (")::" in read or ") const::" in read) and (local := _LOCAL.search(read)) and not name.endswith("lambda"):
        head = read[: local.start()]
        if head.count("<") > head.count(">") - head.count("->"):
            name = name.rpartition("::")[2]
    if module and name.startswith(f"{basename(module)}.") and _SWIFT.search(read):
        name = name[len(basename(module)) + 1 :]
    return name


def _demangled(function: str) -> str:
    """A function as people read it, where a library that is installed can tell."""
    from triage.symbols.demangling import demangle, is_mangled

    return (demangle(function) if is_mangled(function) else None) or function


def _image_place(module: str | None, offset: int | None) -> str:
    """`module+0x1a2b`, what can be said of a frame without symbols; good within one build."""
    if not module:
        return ""
    return basename(module) if offset is None else f"{basename(module)}+0x{offset:x}"
