"""What each measure means, in both languages: printed on every report (domain.md §5.2, §5.4, §5.8).

A report file holds both languages at once, so these words are data and not messages of the interface.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """The same sentence in Spanish and English."""

    es: str
    en: str

    def text(self, language: str) -> str:
        """Spanish for es and es_MX, English for anything else."""
        return self.es if language.lower().startswith("es") else self.en


@dataclass(frozen=True, slots=True)
class Definition:
    """A measure in words: its name, what is counted above and below the line, and how to read it."""

    name: Words
    numerator: Words
    denominator: Words
    reading: tuple[Words, ...]

    def plain(self) -> dict[str, str]:
        """One text a language."""
        return {language: self._joined(language) for language in ("es", "en")}

    def _joined(self, language: str) -> str:
        parts = (self.name, self.numerator, self.denominator, *self.reading)
        return " ".join(words.text(language) for words in parts)


DEFINITIONS: Mapping[str, Definition] = {
    "ucr": Definition(
        name=Words("Tasa de esclarecimiento del periodo (UCR).", "Clearance rate of the period (UCR)."),
        numerator=Words(
            "Numerador: delitos cuyo primer esclarecimiento ocurrió en el periodo, sea cual sea el año del delito, "
            "sin los infundados; por detención y por vía excepcional se cuentan aparte.",
            "Numerator: offences whose first clearance happened in the period, whatever the year of the crime, "
            "without the unfounded ones; by arrest and by exceptional means are counted apart.",
        ),
        denominator=Words(
            "Denominador: delitos denunciados en el periodo menos los infundados.",
            "Denominator: offences reported in the period less the unfounded ones.",
        ),
        reading=(
            Words(
                "Se cuentan delitos, no carpetas ni personas.",
                "Offences are counted, not cases and not people.",
            ),
            Words(
                "Puede superar 100 % cuando se esclarecen delitos de periodos anteriores, y no se recorta; sin delitos "
                "en el denominador no hay tasa.",
                "It may exceed 100 % when crimes of earlier periods are cleared, and it is not capped; with no offences "
                "in the denominator there is no rate.",
            ),
            Words(
                "El archivo temporal y el cierre administrativo no son esclarecimiento.",
                "Shelving and administrative closing are not clearance.",
            ),
        ),
    ),
    "cohort": Definition(
        name=Words("Esclarecimiento de la cohorte.", "Clearance of the cohort."),
        numerator=Words(
            "Numerador: proporción de los delitos denunciados en el periodo que se esclarece dentro de 30, 90, 180 y "
            "365 días naturales desde la denuncia: 1 − Kaplan–Meier, con censura por la derecha al corte.",
            "Numerator: share of the period's offences that is cleared within 30, 90, 180 and 365 calendar days of the "
            "report: 1 − Kaplan–Meier, right-censored at the as-of date.",
        ),
        denominator=Words(
            "Denominador: delitos denunciados en el periodo, sin infundados ni acumulados.",
            "Denominator: offences reported in the period, without the unfounded and the merged ones.",
        ),
        reading=(
            Words(
                "Se cuentan delitos, no carpetas ni personas.",
                "Offences are counted, not cases and not people.",
            ),
            Words(
                "Lo remitido por incompetencia se observa hasta la remisión; lo archivado temporalmente sigue en riesgo.",
                "What was transferred is followed until the transfer; what was shelved stays at risk.",
            ),
            Words(
                "«En riesgo» son los delitos observados al menos esos días sin haberse esclarecido antes: cuanto menos "
                "sean, menos firme es la proporción.",
                "“At risk” are the offences followed for at least that many days and not cleared before: the fewer they "
                "are, the less firm the share.",
            ),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the box that tells the three rates of the same name apart (domain.md §5.8)."""

    about: Words
    police: Words
    court: Words
    mexican: Words


THREE_RATES_HEAD = Comparison(
    Words("Tres tasas con nombre parecido", "Three rates with similar names"),
    Words("Esclarecimiento policial (UCR)", "Police clearance (UCR)"),
    Words("Desahogo judicial (CourTools)", "Court clearance (CourTools)"),
    Words("Resolución (México)", "Resolution (Mexico)"),
)

THREE_RATES = (
    Comparison(
        Words("Pregunta", "Question"),
        Words("¿Se acusó a alguien?", "Was a suspect charged?"),
        Words("¿El tribunal va al día?", "Is the court keeping up?"),
        Words("¿La fiscalía determinó la carpeta?", "Did the office dispose of the file?"),
    ),
    Comparison(
        Words("Numerador", "Numerator"),
        Words("delitos esclarecidos en el periodo", "offences cleared in the period"),
        Words("asuntos que egresan en el periodo", "cases leaving in the period"),
        Words("carpetas determinadas en el periodo", "files determined in the period"),
    ),
    Comparison(
        Words("Denominador", "Denominator"),
        Words("delitos denunciados en el periodo", "offences reported in the period"),
        Words("asuntos que ingresan en el periodo", "cases entering in the period"),
        Words("carpetas abiertas (o pendientes más abiertas)", "files opened (or pending plus opened)"),
    ),
    Comparison(
        Words("No mira", "Ignores"),
        Words("condena ni sentencia", "conviction and sentence"),
        Words("si el delito se resolvió", "whether the crime was solved"),
        Words("si se acusó a alguien: archivar cuenta", "whether anyone was charged: shelving counts"),
    ),
    Comparison(
        Words("Más de 100 % significa", "Over 100 % means"),
        Words("se esclarecieron delitos anteriores", "older crimes were cleared"),
        Words("baja el rezago", "the backlog shrinks"),
        Words("baja el rezago", "the backlog shrinks"),
    ),
    Comparison(
        Words("Cómo se infla", "How it is gamed"),
        Words("vía excepcional, reclasificar a la baja", "exceptional clearance, downgrading"),
        Words("sobreseimientos", "dismissals"),
        Words("archivo temporal", "shelving"),
    ),
)

NOT_STATED = Words("Sin dato", "Not stated")

TOTAL = Words("Total", "Total")
