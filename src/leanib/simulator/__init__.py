"""An IB Gateway that needs no account: the server side of the TWS API, strict enough for clients written by others.

```python
from leanib.simulator import Simulator

async with Simulator(accounts=["DU1234567"], seed=1) as sim:
    sim.market.set_quote("AAPL", bid=99.98, ask=100.02)
    await ib.connectAsync(sim.host, sim.port, clientId=1)
```
"""

from leanib.simulator.clock import Clock, RealClock, VirtualClock
from leanib.simulator.market.instruments import forex, index, stock
from leanib.simulator.simulator import Simulator

__all__ = ["Clock", "RealClock", "Simulator", "VirtualClock", "forex", "index", "stock"]
