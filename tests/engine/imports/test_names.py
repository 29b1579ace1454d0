"""Algorithm files find LEAN's names wherever they look for them."""

from __future__ import annotations

import subprocess
import sys
import textwrap


def run(code: str) -> str:
    """What a fresh interpreter prints: import machinery is only honest in one."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_star_import_gives_leans_names_and_loads_neither_pandas_nor_matplotlib():
    """Both are imported when they are first used; start-up must not pay for them."""
    printed = run("""
        from AlgorithmImports import *
        print(TimeSpan.from_minutes(5), Resolution.Daily is Resolution.DAILY, List[int], time(9, 30), np.float64(1))
        print("pandas" in sys.modules, "matplotlib" in sys.modules)
        print(pd.Series([1, 2]).sum(), "pandas" in sys.modules)
    """)
    assert printed.splitlines() == ["0:05:00 True typing.List[int] 09:30:00 1.0", "False False", "3 True"]


def test_namespaces_win_over_the_stubs_on_disk():
    """`QuantConnect`, `System` and `clr` mean the engine, although editors' stubs have these names on disk."""
    printed = run("""
        from AlgorithmImports import *
        import QuantConnect as qc
        import clr
        clr.AddReference("QuantConnect.Common")
        from QuantConnect.Data.Market import TradeBar as bar
        from System.Collections.Generic import Dictionary, List as NetList
        from System import *
        print(bar is TradeBar, qc.Data.Market.TradeBar is TradeBar, Dictionary.__name__, NetList[int]())
    """)
    assert printed == "True True Dictionary []"


def test_framework_files_are_served_from_the_engine():
    """`from Portfolio.X import X` finds what LEAN keeps in a file of that name."""
    printed = run("""
        from AlgorithmImports import *
        from Selection.Anything import *
        from Orders.Slippage.VolumeShareSlippageModel import TradeBar as found
        print(found is TradeBar)
        try:
            from Risk.NoSuchModel import NoSuchModel
        except ImportError as error:
            print(error.name)
    """)
    assert printed.splitlines() == ["True", "Risk.NoSuchModel"]


def test_a_projects_own_package_comes_before_leans_folder(tmp_path):
    """A user's `Alphas` package is theirs; LEAN's files are found beside it."""
    package = tmp_path / "Alphas"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "mine.py").write_text("VALUE = 7\n")
    printed = run(f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        from AlgorithmImports import *
        from Alphas.mine import VALUE
        from Alphas.ConstantAlphaModel import TradeBar as found
        print(VALUE, found is TradeBar)
    """)
    assert printed == "7 True"


def test_an_unknown_name_is_named_with_the_remedy():
    """The error says what is missing and what to use instead."""
    printed = run("""
        import AlgorithmImports
        try:
            AlgorithmImports.NoSuchThing
        except AttributeError as error:
            print(error)
    """)
    assert printed == (
        "the embedded engine has no 'NoSuchThing'; check the spelling, or run the algorithm with `lean backtest`"
    )


def test_what_only_lean_has_is_refused_when_it_is_used():
    """It may be imported and stand in annotations; using it names it and says what to do."""
    printed = run("""
        from AlgorithmImports import *
        from QuantConnect.Data.Custom.Tiingo import TiingoPrice as gone
        def f(chain: gone | None, more: List[gone]) -> gone[int]: ...
        print(isinstance(3, gone), gone)
        for use in (lambda: gone(), lambda: gone.name):
            try:
                use()
            except NotImplementedError as error:
                print(error)
    """)
    refusal = "the embedded engine has no TiingoPrice; run this algorithm with `lean backtest`"
    assert printed.splitlines() == ["False <TiingoPrice: not in the embedded engine>", refusal, refusal]


def test_classes_print_with_the_names_that_leans_python_gives_them():
    """Ours with their namespace, a user's own as Python does; what no overload takes is told with them."""
    printed = run("""
        from AlgorithmImports import *
        class Mine(PythonData): pass
        print(Symbol, Resolution, TradeBar, SimpleMovingAverage, MarketOnCloseOrder, type(Resolution.Daily), Mine)
        try:
            BrokerageName.INTERACTIVE_BROKERS
        except AttributeError as error:
            print(error)
    """)
    classes = (
        "<class 'QuantConnect.Symbol'> <class 'QuantConnect.Resolution'> <class 'QuantConnect.Data.Market.TradeBar'> "
        "<class 'QuantConnect.Indicators.SimpleMovingAverage'> <class 'QuantConnect.Orders.MarketOnCloseOrder'> "
        "<class 'QuantConnect.Resolution'> <class '__main__.Mine'>"
    )
    assert printed.splitlines() == [
        classes,
        "type object 'BrokerageName' has no attribute 'INTERACTIVE_BROKERS'",
    ]
