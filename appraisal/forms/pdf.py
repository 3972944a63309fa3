"""The form as a PDF for the archive (PDF/A-2b): set by Typst, with the fonts that it needs inside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import orjson
import typst

from appraisal.form import FilledForm
from appraisal.forms.laid_out import laid_out
from models.instant import parse_ms

#: Families that have Chinese, the ones that read best first.
CHINESE: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "SimHei", "DengXian", "Noto Serif CJK SC",
    "Source Han Serif SC", "Source Han Serif CN", "SimSun", "STSong", "AR PL UMing CN", "Droid Sans Fallback",
)  # fmt: skip
_MEND: Final = "install one (Debian: apt-get install fonts-noto-cjk), or name the folder of a font file"
_UNSHOWN: Final = re.compile(r'text `?"(?P<letter>.+?)"`? could not be displayed', re.DOTALL)


class NoFont(ValueError):
    """No font on this machine can print the form; one without names in Chinese would be worth nothing.

    Operator action: install a Chinese font (Debian: fonts-noto-cjk), or name the folder of one.
    """


class _Press:
    """A compiler with the fonts of some folders, and the family that forms are set in."""

    def __init__(self, folders: tuple[str, ...] | None) -> None:
        named = folders is not None
        fonts = typst.Fonts(include_system_fonts=not named, font_paths=[Path(one) for one in folders or ()])
        known = fonts.families()
        built_in = set(typst.Fonts(include_system_fonts=False).families())
        own = [one for one in known if one not in built_in] if named else []
        family = next((one for one in (*CHINESE, *own) if one in known), None)
        if family is None:
            where = f"in {', '.join(folders)}" if folders else "on this machine"
            msg = f"there is no Chinese font {where}, and a PDF carries its fonts inside: {_MEND}"
            raise NoFont(msg)
        self.family = family
        self.compiler = typst.Compiler(font_paths=fonts)


@lru_cache(maxsize=4)
def _press(folders: tuple[str, ...] | None) -> _Press:
    return _Press(folders)


@lru_cache(maxsize=1)
def _template() -> bytes:
    return files("appraisal.forms").joinpath("form.typ").read_bytes()


def pdf_form(form: FilledForm, language: str, font_paths: Sequence[str | Path] | None = None) -> bytes:
    """The form as PDF, in `zh` or `en`: the same bytes for the same form and the same fonts.

    `font_paths` are folders to look for fonts in, instead of those of the machine.

    Raises:
        NoFont: there is no Chinese font, or a letter that no font has.
        ValueError: another language.
    """
    sheet = laid_out(form, language)
    press = _press(None if font_paths is None else tuple(str(one) for one in font_paths))
    created = datetime.fromtimestamp(parse_ms(form.as_of) / 1000, tz=UTC)
    data = {**asdict(sheet), "font": press.family, "created": list(created.timetuple()[:6])}
    try:  # Without tags a file is a third as large; who needs them reads the page, which says the same.
        found = press.compiler.compile(
            _template(),
            format="pdf",
            sys_inputs={"data": orjson.dumps(data).decode()},
            pdf_standards=["a-2b"],
            pdf_tags=False,
        )
    except typst.TypstError as error:
        unshown = _UNSHOWN.search(error.message)
        if unshown is None:
            raise
        code = " ".join(f"U+{ord(letter):04X}" for letter in unshown["letter"])
        msg = (
            f"no font here has {code} '{unshown['letter']}', which the form of {form.subject.id} contains: "
            "install a font that has it, or name its folder"
        )
        raise NoFont(msg) from error
    if not isinstance(found, bytes):
        msg = f"Typst set no PDF but {type(found).__name__}"
        raise TypeError(msg)
    return found
