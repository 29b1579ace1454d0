"""What algorithms send to the outside world: notifications, signals, and the commands that come back."""
