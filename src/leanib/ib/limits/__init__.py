"""The limits of `config/`: what an account's orders may come to, all its programs together.

picture        what the limits look at: position, working orders, prices
verdict        one order against the limits, as a pure function
rates          the account's base currency and its exchange rates
reservations   what programs of ours are about to send, shared in a file (store) under a lock (account_lock)
switch         the kill switch that is thrown while programs run
usage          how much of each limit is used, for people
keeper         puts the picture together, judges, reserves
"""
