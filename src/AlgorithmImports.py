"""What `from AlgorithmImports import *` finds at run time."""
