"""The keys that `lean.json` and a project's `config.json` may have: LEAN's, its brokerages' and the `lean` CLI's.

Collected from LEAN's `Launcher/config.json`, from the names that its sources ask `Config` for, and from the `lean` CLI.
"""

from __future__ import annotations

__all__ = ["LEAN_KEYS", "PROJECT_KEYS", "PROVIDER_PREFIXES"]

_LEAN = """
algorithm-creation-timeout algorithm-id algorithm-language algorithm-location
algorithm-manager-time-loop-maximum algorithm-type-name api-access-token api-handler api-url
backtest-data-source-file backtest-name beta-mode brokerage-concurrent-message-handler-buffer-size
cache-location close-automatically composer-dll-directory composite-data-providers consumer-batching-timeout-ms
data-aggregator data-channel-provider data-downloader data-downloader-brokerage data-feed-handler
data-feed-max-work-weight data-feed-workers-count data-folder data-monitor data-permission-manager data-provider
data-provider-historical data-provider-live data-purchase-limit data-queue-handler data-source
database-update-frequency databases-refresh-period debug-mode debugging debugging-method deployment-target
desktop-http-port documentation downloader-data-update-period downloader-thread-count engine-image environment
environments factor-file-provider file-database-last-update file-size-limit force-exchange-always-open
forward-console-messages fundamental-data-provider futures-lookback-years futures-remote-directory
futures-source-directory history-provider holdings-changed-store-delay ib-account ib-agent-description
ib-enable-delayed-streaming-data ib-financial-advisors-group-filter ib-host ib-password ib-port ib-trading-mode
ib-tws-dir ib-user-name ib-version ib-weekly-restart-utc-time iex-cloud-api-key ignore-unknown-asset-holdings
id initialization-timeout iqfeed-iqconnect job-organization-id job-project-id job-queue-handler job-user-id
lean-binaries-location lean-engine lean-engine-version lean-manager-type live-cash-balance
live-cash-balance-state live-cli live-data-port live-data-source-file live-data-url live-holdings
live-holdings-state live-mode live-mode-brokerage log-handler map-file-provider map-file-provider-lookup-date
maximum-chart-series maximum-concurrent-backtests maximum-data-points-per-chart-series
maximum-transaction-threads maximum-warmup-history-days-look-back messaging-handler minimum-transaction-threads
mute-python-library-logging object-store object-store-root optimization-criterion optimization-id
optimization-launcher optimization-strategy optimization-update-interval optimizer-close-automatically
options-lookback-years organization-id out-of-sample-days out-of-sample-max-end-date parameters plugin-directory
portfolio-margin-series-count project-id python-additional-paths python-location python-venv real-time-handler
regression-high-fidelity-logging regression-test-languages regression-update-statistics report-css-override-file
report-destination report-format report-html-custom-file research-image research-object-store-name
research-regression-update-output reserved-words-prefix resolutions result-handler results-destination-folder
scheduled-event-leaky-bucket-capacity scheduled-event-leaky-bucket-refill-amount
scheduled-event-leaky-bucket-time-interval-minutes security-data-feeds seed-lookback-period
seed-retry-daily-lookback-period seed-retry-hour-lookback-period seed-retry-minute-lookback-period setup-handler
show-missing-data-logs storage-file-count storage-limit storage-limit-mb storage-permissions
strategy-description strategy-name strategy-version streamed-chart-group-size streamed-chart-limit
symbol-minute-limit symbol-second-limit symbol-tick-limit transaction-handler transaction-log
us-energy-information-auth-token version-id zip-data-cache-provider
"""
_PROVIDERS = """
alpaca binance binanceus bitfinex bloomberg bybit charles-schwab coinapi coinbase cqg databento dydx estimize
exante eze factset ftx ftxus fxcm intrinio iqfeed kavout kraken nasdaq oanda polygon public quandl quiver rbi
samco tastytrade terminal-link thetadata tiingo trade-station tradier tt webull wolverine zerodha
"""
_PROJECT = """
algorithm-language alpha-research cloud-id codeSource description docker environment extra-docker-config lean-engine
lean-environment libraries local-id organization-id parameters python-venv
"""

#: keys of `lean.json`, at its top level or in an environment
LEAN_KEYS = frozenset(_LEAN.split())

#: what begins with the name of a brokerage or of a data provider belongs to it
PROVIDER_PREFIXES = frozenset(_PROVIDERS.split())

#: keys of a project's `config.json`, as `lean create-project` and the `lean` CLI write it
PROJECT_KEYS = frozenset(_PROJECT.split())
