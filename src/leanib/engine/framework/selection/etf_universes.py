"""Universes of ETFs (`Algorithm.Framework/Selection/*ETFUniverse.cs`): tickers and their first days are LEAN's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from leanib.engine.framework.selection.manual import InceptionDateUniverseSelectionModel
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Market, SecurityType, Symbol

__all__ = [
    "EnergyETFUniverse",
    "LiquidETFUniverse",
    "MetalsETFUniverse",
    "SP500SectorsETFUniverse",
    "TechnologyETFUniverse",
    "USTreasuriesETFUniverse",
    "VolatilityETFUniverse",
]


class _Basket(InceptionDateUniverseSelectionModel):
    """A list of tickers with the day on which each came to the market."""

    basket: ClassVar[str]
    listed: ClassVar[str]

    def __init__(self) -> None:
        pairs = (word.split(":") for word in self.listed.split())
        super().__init__(self.basket, {ticker: datetime.strptime(day, "%Y%m%d") for ticker, day in pairs})


class EnergyETFUniverse(_Basket):
    """Energy ETFs from their first days on."""

    basket = "qc-energy-etf-basket"
    listed = """
    XLE:19981222 IYE:20000616 VDE:20040929 USO:20060410 XES:20060622 XOP:20060622 UNG:20070418 ICLN:20080625
    ERX:20081106 ERY:20081106 SCO:20081125 UCO:20081125 AMJ:20090602 BNO:20100602 AMLP:20100825 OIH:20111221
    DGAZ:20120208 UGAZ:20120208 TAN:20120215
    """


class MetalsETFUniverse(_Basket):
    """Metal ETFs from their first days on."""

    basket = "qc-metals-etf-basket"
    listed = """
    GLD:20041118 IAU:20050128 SLV:20060428 GDX:20060522 AGQ:20081204 GDXJ:20091111 PPLT:20100108 NUGT:20101208
    DUST:20101208 USLV:20111017 UGLD:20111017 JNUG:20131003 JDST:20131003
    """


class SP500SectorsETFUniverse(_Basket):
    """The S&P 500's sectors' ETFs from their first days on."""

    basket = "qc-sp500-sectors-etf-basket"
    listed = """
    XLB:19981222 XLE:19981222 XLF:19981222 XLI:19981222 XLK:19981222 XLP:19981222 XLU:19981222 XLV:19981222
    XLY:19981222
    """


class TechnologyETFUniverse(_Basket):
    """Technology ETFs from their first days on."""

    basket = "qc-technology-etf-basket"
    listed = """
    XLK:19981222 QQQ:19990310 SOXX:20010713 IGV:20010713 VGT:20040130 QTEC:20060425 FDN:20060623 FXL:20070510
    TECL:20081217 TECS:20081217 SOXL:20100311 SOXS:20100311 SKYY:20110706 SMH:20111221 KWEB:20130801
    FTEC:20131024
    """


class USTreasuriesETFUniverse(_Basket):
    """US treasury ETFs from their first days on."""

    basket = "qc-us-treasuries-etf-basket"
    listed = """
    IEF:20020726 SHY:20020726 TLT:20020726 IEI:20070111 SHV:20070111 TLH:20070111 EDV:20071210 BIL:20070530
    SPTL:20070530 TBT:20080501 TMF:20090416 TMV:20090416 TBF:20090820 VGSH:20091123 VGIT:20091123 VGLT:20091124
    SCHO:20100806 SCHR:20100806 SPTS:20111201 GOVT:20120224
    """


class VolatilityETFUniverse(_Basket):
    """Volatility ETFs from their first days on."""

    basket = "qc-volatility-etf-basket"
    listed = """
    SQQQ:20100211 TQQQ:20100211 TVIX:20101130 VIXY:20110104 SPLV:20110505 SVXY:20111004 UVXY:20111004
    EEMV:20111020 EFAV:20111020 USMV:20111020
    """


class Grouping(LeanObject):
    """ETFs of a kind: those that follow it and those that follow its inverse."""

    def __init__(self, long: str, inverse: str) -> None:
        self._tickers = (long.split(), inverse.split())

    @cached_property
    def long(self) -> list[Symbol]:
        """Those that go with the components."""
        return [Symbol.create(ticker, SecurityType.EQUITY, Market.USA) for ticker in self._tickers[0]]

    @cached_property
    def inverse(self) -> list[Symbol]:
        """Those that go against the components."""
        return [Symbol.create(ticker, SecurityType.EQUITY, Market.USA) for ticker in self._tickers[1]]

    def __iter__(self) -> Iterator[Symbol]:
        return iter([*self.long, *self.inverse])

    def __len__(self) -> int:
        return len(self.long) + len(self.inverse)

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.long or symbol in self.inverse

    def __str__(self) -> str:
        parts = (("Long", self._tickers[0]), ("Inverse", self._tickers[1]))
        shown = "".join(f" {name}: {','.join(tickers)}" for name, tickers in parts if tickers)
        return f"{len(self)} symbols:{shown}" if shown else "No Symbols"


class LiquidETFUniverse(InceptionDateUniverseSelectionModel):
    """Liquid ETFs of all kinds from their first days on; the kinds are attributes."""

    ENERGY = energy = Grouping("VDE USO XES XOP UNG ICLN ERX UCO AMJ BNO AMLP UGAZ TAN", "ERY SCO DGAZ")
    METALS = metals = Grouping("GLD IAU SLV GDX AGQ PPLT NUGT USLV UGLD JNUG", "DUST JDST")
    TECHNOLOGY = technology = Grouping("QQQ IGV QTEC FDN FXL TECL SOXL SKYY KWEB", "TECS SOXS")
    TREASURIES = treasuries = Grouping("IEF SHY TLT IEI TLH BIL SPTL TMF SCHO SCHR SPTS GOVT", "SHV TBT TBF TMV")
    VOLATILITY = volatility = Grouping("TVIX VIXY SPLV UVXY EEMV EFAV USMV", "SVXY")
    SP500Sectors = SP_500_SECTORS = sp_500_sectors = Grouping("XLB XLE XLF XLI XLK XLP XLU XLV XLY", "")

    def __init__(self) -> None:
        groups = (self.sp_500_sectors, self.energy, self.metals, self.technology, self.treasuries, self.volatility)
        super().__init__("qc-liquid-etf-basket", {symbol.value: symbol.id.date for group in groups for symbol in group})
