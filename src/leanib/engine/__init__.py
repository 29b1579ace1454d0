"""The embedded LEAN engine: runs QCAlgorithm files with LEAN's numbers, in pure Python."""
