"""Interest rates come from the data folder, with LEAN's default where there is no file."""

from datetime import datetime
from decimal import Decimal

import pytest

from leanib.engine.statistics import (
    ConstantRiskFreeRateInterestRateModel,
    FuncRiskFreeRateInterestRateModel,
    InterestRateProvider,
)
from leanib.errors import DataError


def _folder(tmp_path, text):
    file = tmp_path / "alternative" / "interest-rate" / "usa" / "interest-rate.csv"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return tmp_path


def test_a_rate_holds_until_the_next_change(tmp_path):
    """Before the first change the first rate holds, after it each in turn."""
    provider = InterestRateProvider(_folder(tmp_path, "DATE,PCREDIT8\n2003-01-09,2.25\n2003-06-26,2.00\n"))
    dates = [datetime(1999, 1, 1), datetime(2003, 6, 25, 23), datetime(2003, 6, 26), datetime(2030, 1, 1)]
    assert [provider.get_interest_rate(date) for date in dates] == [
        Decimal(r) for r in ("0.0225", "0.0225", "0.02", "0.02")
    ]


def test_without_a_file_the_rate_is_one_percent(tmp_path):
    """As in LEAN."""
    assert InterestRateProvider(tmp_path).get_interest_rate(datetime(2020, 1, 1)) == Decimal("0.01")


def test_a_malformed_line_is_named(tmp_path):
    """File, line and remedy."""
    provider = InterestRateProvider(_folder(tmp_path, "DATE,PCREDIT8\n2003-01-09,2.25\nyesterday,much\n"))
    with pytest.raises(DataError, match=r"interest-rate.csv, line 3: cannot read 'yesterday,much'; repair"):
        provider.get_interest_rate(datetime(2020, 1, 1))


def test_the_average_is_over_dates():
    """Mean of the rates on the dates; 0 without dates."""
    model = FuncRiskFreeRateInterestRateModel(lambda date: 0.01 * date.day)
    assert model.get_average_risk_free_rate([datetime(2020, 1, 1), datetime(2020, 1, 2)]) == Decimal("0.015")
    assert ConstantRiskFreeRateInterestRateModel(0.02).get_average_risk_free_rate([]) == 0


def test_the_average_of_the_files_rates_is_that_of_each_date(tmp_path):
    """In whatever order the dates come, and with the rates' own scale."""
    text = "DATE,PCREDIT8\n2003-01-09,2.25\n2003-06-26,2.00\n2004-01-01,1.75\n2004-01-02,1.50\n"
    provider = InterestRateProvider(_folder(tmp_path, text))
    days = [(2002, 1, 1), (2003, 1, 8), (2003, 6, 25), (2003, 6, 26), (2003, 12, 31), (2004, 1, 3), (2003, 1, 9)]
    dates = [datetime(*day, 23, 59) for day in days]
    for chosen in (dates, dates[:3], dates[3:5], dates[5:6], []):
        rates = [provider.get_interest_rate(date) for date in chosen]
        expected = sum(rates, Decimal(0)) / len(rates) if rates else Decimal(0)
        assert str(provider.get_average_risk_free_rate(chosen)) == str(expected)


def test_a_subclass_with_its_own_rates_is_asked_for_each(tmp_path):
    """Its average is of what it says, not of the file."""

    class Mine(InterestRateProvider):
        def get_interest_rate(self, date):
            return Decimal(date.day)

    average = Mine(tmp_path).get_average_risk_free_rate([datetime(2020, 1, 1), datetime(2020, 1, 3)])
    assert average == 2
