"""What a container engine would make of `deploy/`: the stages of the Dockerfile, the files that enter the image, and the
containers of compose.yaml with their variables. It reads the syntax that these files use, and needs no engine."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
COMPOSE = ROOT / "deploy" / "compose.yaml"
DEMO_ENV = ROOT / "deploy" / "demo.env"
IGNORE = ROOT / ".dockerignore"
WORKDIR = "/srv/portail"

_VARIABLE = re.compile(r"\$\{(\w+)(?:(:-|:\?)([^}]*))?\}")
_FLAG = re.compile(r"--([\w-]+)(?:=(\S+))?\s+")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: `COPY`, its flags, and the rest of its line."""

    keyword: str
    flags: Mapping[str, str]
    rest: str

    @property
    def words(self) -> list[str]:
        """The arguments; those of the exec form are its list."""
        return json.loads(self.rest) if self.is_exec else shlex.split(self.rest)

    @property
    def is_exec(self) -> bool:
        """Whether it is written as a list, and so runs without a shell."""
        return self.rest.startswith("[")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its own name, the image or stage that it begins with, and its instructions."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]


def read_dockerfile(text: str) -> list[Stage]:
    """The stages of a Dockerfile, in order."""
    stages: list[Stage] = []
    for instruction in _instructions(text):
        if instruction.keyword == "FROM":
            base, _, name = instruction.rest.partition(" AS ")
            stages.append(Stage(name, base, ()))
        else:
            last = stages.pop()
            stages.append(Stage(last.name, last.base, (*last.instructions, instruction)))
    return stages


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        keyword, _, rest = line.strip().partition(" ")
        flags = {}
        rest = rest.strip()
        while flag := _FLAG.match(rest) if keyword in ("COPY", "ADD", "RUN", "HEALTHCHECK", "FROM") else None:
            flags[flag[1]] = flag[2] or ""
            rest = rest[flag.end() :]
        yield Instruction(keyword, flags, rest)


def instructions_of(target: str, stages: Sequence[Stage]) -> list[Instruction]:
    """Every instruction that the image of a stage is made with, those of the stages below first."""
    by_name = {stage.name: stage for stage in stages}
    stage = by_name[target]
    below = instructions_of(stage.base, stages) if stage.base in by_name else []
    return [*below, *stage.instructions]


def image_environment(target: str, stages: Sequence[Stage]) -> dict[str, str]:
    """The variables that an image sets, as they are written."""
    pairs = [
        word
        for instruction in instructions_of(target, stages)
        if instruction.keyword == "ENV"
        for word in instruction.words
    ]
    return dict(pair.split("=", 1) for pair in pairs)


def is_admitted(path: str, ignore: str) -> bool:
    """Whether a file of the context passes .dockerignore: the last pattern that fits it, or a folder above it, decides."""
    folders = path.split("/")
    above = ["/".join(folders[:depth]) for depth in range(1, len(folders) + 1)]
    admitted = True
    for line in ignore.splitlines():
        pattern = line.strip()
        if pattern and not pattern.startswith("#"):
            fits = _pattern(pattern.removeprefix("!"))
            if any(fits.fullmatch(name) for name in above):
                admitted = pattern.startswith("!")
    return admitted


def _pattern(text: str) -> re.Pattern[str]:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*)", text)))


def copied_files(target: str, stages: Sequence[Stage], root: Path = ROOT) -> dict[str, Path]:
    """Every file of the context that enters an image: its place there, and the file it comes from.

    Raises LookupError for a COPY that finds nothing.
    """
    ignore = (root / ".dockerignore").read_text()
    copied: dict[str, Path] = {}
    for instruction in instructions_of(target, stages):
        if instruction.keyword != "COPY" or "from" in instruction.flags:
            continue
        *sources, destination = instruction.words
        for source in sources:
            files = {
                path: destination + (path.relative_to(root / source).as_posix() if is_folder else path.name)
                for path in _files(root / source)
                if is_admitted(path.relative_to(root).as_posix(), ignore)
                for is_folder in [(root / source).is_dir()]
            }
            if not files:
                raise LookupError(f"COPY {source} finds nothing")
            copied |= {place: path for path, place in files.items()}
    return copied


def _files(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]


def build_tree(target: str, folder: Path) -> None:
    """Make an image's working folder in `folder`, from the files that its COPY instructions name."""
    for place, file in copied_files(target, read_dockerfile(DOCKERFILE.read_text())).items():
        if not place.startswith("/"):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / place)


def read_env_file(file: Path) -> dict[str, str]:
    """The variables of an environment file."""
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def read_compose(variables: Mapping[str, str]) -> dict[str, Any]:
    """compose.yaml with its anchors merged and its variables filled in.

    Raises KeyError for a variable that must be given and is not.
    """
    filled: dict[str, Any] = _fill(yaml.safe_load(COMPOSE.read_text()), variables)
    return filled


def _fill(value: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _fill(item, variables) for name, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, variables) for item in value]
    return _VARIABLE.sub(lambda match: _variable(match, variables), value) if isinstance(value, str) else value


def _variable(match: re.Match[str], variables: Mapping[str, str]) -> str:
    name, operator, words = match.groups()
    value = variables.get(name, "")
    if value or operator == ":-":
        return value or words
    raise KeyError(f"{name}: {words}")


def environment_of(container: Mapping[str, Any], stages: Sequence[Stage]) -> dict[str, str]:
    """The variables of one of our containers: those of its image, and those of compose.yaml over them."""
    target = "simulators" if "simulators" in container["image"] else "portal"
    given = {name: str(value) for name, value in container.get("environment", {}).items()}
    return image_environment(target, stages) | given
