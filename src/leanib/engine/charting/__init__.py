"""Charts, their series and colors."""

from leanib.engine.charting.charts import (
    BaseSeries,
    Candlestick,
    CandlestickSeries,
    Chart,
    ChartPoint,
    ChartType,
    ScatterChartPoint,
    ScatterMarkerSymbol,
    Series,
    SeriesPoint,
    SeriesType,
)

__all__ = [
    "BaseSeries",
    "Candlestick",
    "CandlestickSeries",
    "Chart",
    "ChartPoint",
    "ChartType",
    "ScatterChartPoint",
    "ScatterMarkerSymbol",
    "Series",
    "SeriesPoint",
    "SeriesType",
]
