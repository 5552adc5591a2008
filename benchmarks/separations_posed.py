"""The separations that others reported, as they can be posed: what was given, what had to be assumed, what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.posing import (
    Row,
    Separation,
    cascade_of,
    fewest_stages,
    posed,
    row_of,
    section_of,
    target_of,
    with_stages,
)
from sxsim.cascade.result import Result
from sxsim.definition import Cascade, load
from sxsim.errors import InputError
from sxsim.studies.systems import with_factors


def _dilute(smallest: bool) -> Iterator[Row]:
    for factor in (1.5,) if smallest else (1.3, 1.4, 1.5):
        for purity in (0.95,) if smallest else (0.95, 0.97, 0.99):
            for recovery in (0.80,) if smallest else (0.80, 0.85, 0.90):
                cascade = cascade_of(
                    "p507-chloride",
                    "P507",
                    1.5,
                    {"Pr": 0.025, "Nd": 0.075},
                    (40, 40, 4),
                    [
                        target_of("strip_liquor", "Nd", purity_min=purity, purity_basis="mol"),
                        target_of("strip_liquor", "Nd", recovery_min=recovery),
                    ],
                    saponified=0.36,
                    strip=(0.075, 4.0),
                )
                cascade = with_factors(cascade, {"Nd/Pr": factor})
                what = f"factor {factor:g}, {100 * purity:g} / {100 * recovery:g} %"
                fewest, spent_s = (with_stages(cascade, 8, 10), 0.0) if smallest else fewest_stages(cascade, 40)
                if fewest is None or (purity, recovery) == (0.99, 0.90):
                    yield row_of(what, cascade)
                if fewest is not None:
                    yield row_of(f"{what}{', fewest stages' if spent_s else ''}", fewest, spent_s=spent_s)


def _load_of(section: str) -> Callable[[Result], str]:
    return lambda found: f"S {found.load[section].S_per_mol_feed:.3f} mol per mol fed"


def _cepr_nd(smallest: bool) -> Iterator[Row]:
    factors = {"Pr/Ce": 2.03, "Nd/Pr": 1.55}
    for purity in (0.99,) if smallest else (0.99, 0.999, 0.9995):
        cascade = cascade_of(
            "p507-chloride",
            "P507",
            1.5,
            {"Ce": 0.4445, "Pr": 0.1842, "Nd": 0.3713},
            (26, 34, 6),
            [
                target_of("strip_liquor", "Nd", purity_min=purity, purity_basis="mol"),
                target_of("raffinate", "Ce+Pr", purity_min=purity, purity_basis="mol"),
            ],
            saponified=0.36,
            strip=(0.35, 4.0),
        )
        yield row_of(f"{100 * purity:g} / {100 * purity:g} %", with_factors(cascade, factors), _load_of("extraction"))


def _shin_etsu(smallest: bool) -> Iterator[Row]:
    for system, extractant, factor, strip in (
        ("p507-chloride", "PC88A", 1.4, (0.8, 4.0)),
        ("d2ehpa-chloride", "D2EHPA", 1.23, (1.5, 6.0)),
    )[: 1 if smallest else 2]:
        cascade = cascade_of(
            system,
            extractant,
            1.5,
            {"Pr": 0.25, "Nd": 0.75},
            (72, 72, 8),
            [
                target_of("strip_liquor", "Nd", purity_min=0.999, purity_basis="mol"),
                target_of("raffinate", "Pr", purity_min=0.999, purity_basis="mol"),
            ],
            saponified=0.36,
            strip=strip,
        )
        cascade = with_factors(cascade, {"Nd/Pr": factor})
        what = f"{extractant}, factor {factor:g}, 99.9 / 99.9 %"
        yield row_of(what, cascade, _load_of("extraction"))
        if not smallest:
            fewest, spent_s = fewest_stages(cascade, 72)
            if fewest is not None:
                yield row_of(f"{what}, fewest stages", fewest, _load_of("extraction"), spent_s)


def _dy_tb(smallest: bool) -> Iterator[Row]:
    bundled = load("dy_tb_p507")
    for factor in (2.82,) if smallest else (2.82, 2.1):
        cascade = bundled if factor > 2.5 else bundled.replace({"stream.strip_acid.flow_m3_h": 1.5})
        cascade = with_factors(cascade, {"Dy/Tb": factor})
        yield row_of(f"factor {factor:g}, 99.9 / 99 %", cascade)
        if not smallest:
            fewest, spent_s = fewest_stages(cascade, 40)
            if fewest is not None:
                yield row_of(f"factor {factor:g}, 99.9 / 99 %, fewest stages", fewest, spent_s=spent_s)


def _lu(smallest: bool) -> Iterator[Row]:
    for scrub in (4.0,) if smallest else (4.0, 6.0):
        cascade = cascade_of(
            "p507-chloride",
            "P507",
            1.0,
            {"Y": 1.5, "Tm": 0.3, "Yb": 44.5, "Lu": 4.0},
            (20, 60),
            [
                target_of("loaded_organic", "Lu", purity_min=0.9995),
                target_of("loaded_organic", "Lu", recovery_min=0.98),
            ],
            basis="oxide",
            pH=0.30103,
            scrub_mol_L=scrub,
        )
        yield row_of(f"scrub {scrub:g} mol/L HCl", cascade, _lu_in_raffinate)


def _lu_in_raffinate(found: Result) -> str:
    lu = found.stream["raffinate"].concentration_mol_L["Lu"]
    rare = sum(found.stream["raffinate"].concentration_mol_L[symbol] for symbol in ("Y", "Tm", "Yb", "Lu"))
    return f"in raffinate purity of Yb {100 * found.purity('raffinate', 'Yb'):.3g} %, Lu {100 * lu / rare:.2g} mol%"


def _la(smallest: bool) -> Iterator[Row]:
    variants: list[tuple[str, str, float, float | None]] = [
        ("d2ehpa-chloride", "D2EHPA", 1.0, None),
        ("p507-chloride", "PC88A", 1.0, None),
    ]
    variants += [("d2ehpa-chloride", "D2EHPA", 1.0, 0.3), ("p507-chloride", "PC88A", 1.0, 0.3)]
    for system, extractant, extractant_mol_L, saponified in variants[: 1 if smallest else 4]:
        cascade = cascade_of(
            system,
            extractant,
            extractant_mol_L,
            {"La": 0.06, "Pr": 0.01, "Nd": 0.03},
            (8, 8, 6),
            [
                target_of("raffinate", "La", purity_min=0.999),
                target_of("raffinate", "La", recovery_min=0.999),
            ],
            saponified=saponified,
            scrub_mol_L=1.0,
            strip=(0.15, 4.0),
        )
        yield row_of(
            f"{extractant}, {'not saponified' if saponified is None else f'{saponified:g} saponified'}", cascade
        )


def _yttrium(smallest: bool) -> Iterator[Row]:
    oxides = {"La": 2.0, "Nd": 2.0, "Gd": 1.0, "Dy": 1.0, "Y": 4.0}
    for recovery in (0.95,) if smallest else (0.90, 0.95, 0.99):
        cascade = cascade_of(
            "d2ehpa-chloride",
            "D2EHPA",
            1.0,
            oxides,
            (8, 12, 3),
            [target_of("strip_liquor", "Y", purity_min=0.9952), target_of("strip_liquor", "Y", recovery_min=recovery)],
            basis="oxide",
            scrub_mol_L=2.0,
            strip=(0.3, 6.0),
        )
        yield row_of(f"Y recovery {100 * recovery:g} %", cascade)


def _lyon(smallest: bool) -> Iterator[Row]:
    for purity in (0.99,) if smallest else (0.99, 0.995, 0.998):
        for reflux in (0.0,) if smallest else (0.0, 0.6):
            cascade = cascade_of(
                "p507-chloride",
                "PC88A",
                1.0,
                {"Pr": 0.25, "Nd": 0.75},
                (12, 12, 6),
                [
                    target_of("strip_liquor", "Nd", purity_min=purity, purity_basis="mol"),
                    target_of("strip_liquor", "Nd", recovery_min=0.80),
                ],
                saponified=0.36,
                strip=(2.0 if reflux else 0.62, 4.0),
                reflux=reflux,
            )
            scrub = f"{100 * reflux:g} % of the strip liquor back" if reflux else "acid scrub"
            yield row_of(f"{100 * purity:g} % Nd, {scrub}", cascade)


def _thakur(smallest: bool) -> Iterator[Row]:
    for saponified in (0.36,) if smallest else (0.36, None):
        cascade = cascade_of(
            "p507-chloride",
            "PC88A",
            1.0,
            {"La": 0.10, "Pr": 0.20, "Nd": 0.695, "Sm": 0.005},
            (10, 13, 2),
            [target_of("strip_liquor", "Nd", purity_min=0.97), target_of("strip_liquor", "Nd", recovery_min=0.85)],
            saponified=saponified,
            strip=(0.75, 4.0),
        )
        yield row_of("not saponified" if saponified is None else f"{saponified:g} saponified", cascade)


def _dual_cycle(smallest: bool) -> Iterator[Row]:
    oxides = {"Gd": 3.0, "Tb": 4.0, "Dy": 22.0, "Ho": 2.0, "Y": 67.0, "Er": 2.0}
    for first_asked in ("Y",) if smallest else ("Y", "Ho"):
        first = cascade_of(
            "p507-chloride",
            "PC88A",
            1.0,
            {symbol: 0.4 * grams for symbol, grams in oxides.items()},
            (20, 20, 8),
            [
                target_of("raffinate", "Dy", recovery_min=0.95),
                target_of("strip_liquor", first_asked, recovery_min=0.99),
            ],
            basis="oxide",
            scrub_mol_L=2.0,
            strip=(0.5, 6.0),
        )
        found, _, _ = posed(first)
        yield row_of(f"cycle 1: {first_asked} and heavier off", first, None if found is None else _shares)
        if found is None or smallest:
            continue
        left = {symbol: found.stream["raffinate"].concentration_mol_L[symbol] for symbol in oxides}
        for purity in (0.95, 0.995):
            what = f"cycle 2: Dy {100 * purity:g} %"
            try:
                second = cascade_of(
                    "p507-chloride",
                    "PC88A",
                    1.0,
                    {symbol: amount for symbol, amount in left.items() if amount > 1e-9},
                    (20, 20, 8),
                    [
                        target_of("strip_liquor", "Dy", purity_min=purity),
                        target_of("strip_liquor", "Dy", recovery_min=0.95),
                    ],
                    pH=0.5,
                    scrub_mol_L=2.0,
                    strip=(0.3, 6.0),
                )
            except InputError as refusal:
                why = f"refused: {refusal.findings[0].offence} ({refusal.findings[0].allowed})"
                yield Row(what, "20 + 20 + 8", None, None, why, 0.0)
                continue
            yield row_of(what, second)


def _shares(found: Result) -> str:
    shares = {symbol: found.purity("raffinate", symbol) for symbol in found.cascade.elements}
    most = sorted(shares, key=lambda symbol: -shares[symbol])[:4]
    return "raffinate oxides " + ", ".join(f"{symbol} {100 * shares[symbol]:.2g} %" for symbol in most)


def _arellano(smallest: bool) -> Iterator[Row]:
    systems = (("d2ehpa-chloride", "D2EHPA"), ("p507-chloride", "PC88A"), ("cyanex272-chloride", "Cyanex 272"))
    for system, extractant in systems[: 1 if smallest else 3]:
        cascade = Cascade.from_data(
            {
                "schema": 1,
                "title": "one contact",
                "elements": ["Nd", "Tb", "Dy"],
                "organic": {
                    "extractant": extractant,
                    "extractant_mol_L": 0.8,
                    "system": system,
                    "flow_m3_h": 1.0,
                },
                "section": [section_of("extraction", 1, "feed", "raffinate")],
                "stream": {
                    "feed": {
                        "flow_m3_h": 1.0,
                        "pH": 4.0,
                        "basis": "element",
                        "assay_g_L": {"Nd": 1.5, "Tb": 1.5, "Dy": 1.5},
                    }
                },
            }
        )
        found, why, time_s = posed(cascade)
        told = why
        if found is not None:
            got = {symbol: found.recovery("loaded_organic", symbol) for symbol in ("Dy", "Tb", "Nd")}
            told = "extracted Dy / Tb / Nd " + " / ".join(f"{100 * share:.3g}" for share in got.values()) + " %"
        yield Row(extractant, "1", None, None, told, time_s)


FEED_A = "feed of 1 mol/L rare earths, 75 % Nd and 25 % Pr, pH 2"
LOOP_A = "P507 at 1.5 mol/L, 0.36 saponified with NH4, organic in a closed loop"

SEPARATIONS: tuple[Separation, ...] = (
    Separation(
        1,
        "Nd from Pr, dilute",
        "public search for a reachable specification, repository lilshadix/ml_separator",
        "32,000 cascades of up to 40 stages a section in 146 min: nothing reachable, best purity 0.814 at a recovery "
        "of at least 0.80, called unresolved",
        (LOOP_A, "4 strip stages with 0.075 m3/h of 4 mol/L HCl", "scrub 3 mol/L HCl"),
        (
            "their cascade has neither this extractant law nor necessarily an acid scrub: the wish is the same, the "
            "chemistry is ours",
            "the factor is a given number here, while theirs may move along the cascade",
        ),
        _dilute,
    ),
    Separation(
        2,
        "CePr/Nd line",
        "CIESC Journal 71, 3180",
        "26 + 34 stages at S = 0.99 give 99.95 / 99.95 %",
        (LOOP_A, "6 strip stages", "feed of 1 mol/L rare earths at pH 2", "scrub 3 and strip 4 mol/L HCl"),
        (
            "their feed is organic, here it is aqueous, so S is counted otherwise: the least S of a sharp cut at these "
            "factors is 0.991 for theirs and 1.477 here",
            "at constant factors their S is that least one and gives 99.0 %; 99.95 % takes 1.344, or "
            "1.36 times it; here 1.772, the mean of the extraction, is 1.20 times the least",
            "their factors are corrected stage by stage",
        ),
        _cepr_nd,
    ),
    Separation(
        3,
        "Nd/Pr, patent",
        "Shin-Etsu, EP2388344A1",
        "PC88A factor 1.4, 72 + 72 + 8 stages; D2EHPA factor 1.23; DODGAA factor 2.5, 24 + 24 + 8",
        (
            FEED_A,
            LOOP_A.replace("P507", "PC88A or D2EHPA"),
            "strip acid 0.8 m3/h of 4 mol/L: with 0.62 the loop is at its charge bound",
            "99.9 / 99.9 %, which was not read",
        ),
        (
            "the patent's purity was not read, so its stages may serve another one, or stage efficiencies below 1",
            "DODGAA is not posed: no shipped system has a diglycolamic acid",
        ),
        _shin_etsu,
    ),
    Separation(
        4,
        "Dy/Tb, the same patent",
        "Shin-Etsu, EP2388344A1",
        "factor 2.1 with PC88A, 1.3 with DODGAA; no cascade",
        (
            "the bundled cut dy_tb_p507: 18 + 18 + 8 stages, 99.9 / 99 %, at the lower factor with 1.5 instead of "
            "0.85 m3/h of strip acid",
        ),
        ("nothing was reported to compare with: the row tells what the lower factor costs",),
        _dy_tb,
    ),
    Separation(
        5,
        "Lu from Yb",
        "abstract of a Chinese paper on P507 with total reflux",
        "oxides Yb 89, Lu 8, Y 3, Tm < 1 %; 20 + 60 stages: Lu > 99.95 % at > 98 %; Yb > 92 %, Lu < 0.4 %",
        (
            "50 g/L oxides, Tm 0.6 %, 0.5 mol/L free HCl",
            "P507 at 1 mol/L, fresh and not saponified",
            "Lu taken in the loaded organic, no strip section",
        ),
        (
            "they feed by organic phase transfer and reflux a Lu liquor; here an acid scrub does the work of the "
            "reflux, so the flows cannot be compared",
            "Lu/Yb in P507 is a recalled number",
        ),
        _lu,
    ),
    Separation(
        6,
        "La from Pr and Nd",
        "Morais and Ciminelli 2004",
        "8 + 8 + 6 stages: La2O3 > 99.9 % at > 99.9 %",
        (
            "0.06 La, 0.01 Pr, 0.03 Nd mol/L at pH 2",
            "extractant 1 mol/L",
            "scrub 1 and strip 4 mol/L HCl, 0.15 m3/h of strip acid",
        ),
        (
            "the abstract names PC88A and D2EHPA for different cuts; which one took La is not in it",
            "level of D2EHPA: tracers in heptane; in an aromatic diluent D is 44 times lower",
        ),
        _la,
    ),
    Separation(
        7,
        "Y from a mixed liquor",
        "Srivastava 2023, DEHPA with TBP",
        "10 g/L, 8 + 12 + 3 stages: Y 99.52 %",
        (
            "oxides La 2, Nd 2, Gd 1, Dy 1, Y 4 g/L, pH 2",
            "D2EHPA 1 mol/L without TBP, not saponified, closed loop",
            "recovery 90-99 %, scrub 2 and strip 6 mol/L HCl, 0.3 m3/h of strip acid (0.1 is too little for 3 stages)",
        ),
        ("a model, no plant; TBP is left out: no shipped system has the mixture", "feed composition not read"),
        _yttrium,
    ),
    Separation(
        8,
        "Nd with Nd reflux",
        "Lyon, Utgikar, Greenhalgh 2017",
        "PC88A, about 12 scrub stages: > 99 % Nd, with Nd reflux as the scrub",
        (
            FEED_A,
            "PC88A 1 mol/L, 0.36 saponified, 12 extraction stages, 6 strip stages",
            "Nd recovery 80 %",
            "reflux: 60 % of the strip liquor into the scrub",
        ),
        (
            "the shipped factor is 1.5; their own 12 contacts of Nd and of Pr give 1.9",
            "recovery, extraction stages and flows were not read",
        ),
        _lyon,
    ),
    Separation(
        9,
        "Nd from a monazite liquor",
        "Thakur 1993",
        "Nd2O3 97 % at > 85 %",
        (
            "La 0.10, Pr 0.20, Nd 0.695, Sm 0.005 mol/L, pH 2 (after Ce, Sm and most La were taken off)",
            "PC88A 1 mol/L; 10 + 13 + 2 stages; scrub 3 and strip 4 mol/L HCl",
        ),
        ("neither feed nor stages were read: only the wish is theirs",),
        _thakur,
    ),
    Separation(
        10,
        "Dy from Y in two cycles",
        "Singh, Kotekar, Singh 2008 (BARC)",
        "22 % Dy2O3, 67 % Y2O3: Dy2O3 > 99.5 %",
        (
            "the rest as Gd 3, Tb 4, Ho 2, Er 2 %; 40 g/L oxides at pH 2",
            "PC88A 1 mol/L, not saponified, 20 + 20 + 8 stages in both cycles",
            "Dy recovery 95 % in each",
        ),
        (
            "Ho lies between Dy and Y, so how pure Dy gets is decided by how much Ho the feed has, which was not read",
            "cycle 2 takes the raffinate of cycle 1 at pH 0.5, its acid being neutralised to that",
        ),
        _dual_cycle,
    ),
    Separation(
        14,
        "Dy, Tb and Nd in one contact",
        "Arellano Ruiz 2020, Sci Rep 10, 16911",
        "extracted Dy / Tb / Nd: D2EHPA 99 / 99 / 99, PC88A 98 / 91 / 64, Cyanex 272 76 / 61 / 27 %",
        ("extractant 0.8 mol/L as monomer, 1.5 g/L of each as element, O/A 1, initial pH 4 as they say",),
        ("percentages are rounded to whole numbers, so 99 says D of 66 to 199",),
        _arellano,
    ),
)

NOT_POSED = (
    (11, "Dy from Nd with TDdDGA (JAEA 5065771)", "no shipped system has a diglycolamide"),
    (12, "Nd/Sm, 4,385 results of etr-optimization", "rests on that study's own correlations, which no system has"),
    (13, "NdPr train of a differentiable flowsheet model", "rests on its own chemistry"),
)
"""What cannot be posed with the shipped systems."""
