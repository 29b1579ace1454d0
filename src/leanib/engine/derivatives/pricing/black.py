"""Black's formula as QuantLib's port for .NET computes it, to the last bit (`BlackCalculator.cs`).

The distribution rests on Sun's error function, which takes one exponential where C libraries take two: `math.erf` has
other last digits. `deviation` is a standard deviation, the volatility times the root of the years.
"""

from __future__ import annotations

import math

__all__ = ["EPSILON", "BlackCalculator", "is_close"]

EPSILON = 2.2204460492503131e-16
_ROOT_HALF, _ROOT_PI = 0.70710678118654752, 0.56418958354775628
_DENSITY = _ROOT_HALF * _ROOT_PI
_NO_DENSITY = -690.0
_TAIL = 1e-8

# Sun's coefficients, from the lowest power: numerator and denominator by how far from 0.
_SLOPE, _SHIFT = 1.28379167095512586316e-01, 8.45062911510467529297e-01
_NEAR_OVER = (
    1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
    -5.77027029648944159157e-03, -2.37630166566501626084e-05,
)
_NEAR_UNDER = (
    1.0, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
    1.32494738004321644526e-04, -3.96022827877536812320e-06,
)
_MIDDLE_OVER = (
    -2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
    3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02,
    -2.16637559486879084300e-03,
)
_MIDDLE_UNDER = (
    1.0, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
    1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02,
)
_FAR_OVER = (
    -9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
    -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02,
    -8.12874355063065934246e+01, -9.81432934416914548592e+00,
)
_FAR_UNDER = (
    1.0, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
    6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00,
    -6.04244152148580987438e-02,
)
_FARTHEST_OVER = (
    -9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
    -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03,
    -4.83519191608651397019e+02,
)
_FARTHEST_UNDER = (
    1.0, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
    3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02,
    -2.24409524465858183362e+01,
)


def is_close(one: float, other: float) -> bool:
    """Within 42 of the smallest steps of both."""
    if one == other:
        return True
    distance, tolerance = abs(one - other), 42 * EPSILON
    if not one * other:
        return distance < tolerance * tolerance
    return distance <= tolerance * abs(one) and distance <= tolerance * abs(other)


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    value = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = coefficient + x * value
    return value


def _error_function(x: float) -> float:
    size = abs(x)
    if size < 0.84375:
        if size < 3.7252902984e-09:
            return x + _SLOPE * x
        square = x * x
        return x + x * (_polynomial(_NEAR_OVER, square) / _polynomial(_NEAR_UNDER, square))
    return _far(size) if x >= 0 else -_far(size)


def _far(size: float) -> float:
    if size < 1.25:
        rest = size - 1.0
        return _SHIFT + _polynomial(_MIDDLE_OVER, rest) / _polynomial(_MIDDLE_UNDER, rest)
    if size >= 6:
        return 1.0 - EPSILON
    inverse = 1.0 / (size * size)
    is_nearer = size < 2.85714285714285
    over, under = (_FAR_OVER, _FAR_UNDER) if is_nearer else (_FARTHEST_OVER, _FARTHEST_UNDER)
    rest = math.exp(-size * size - 0.5625 + _polynomial(over, inverse) / _polynomial(under, inverse))
    return 1.0 - rest / size


def _density(x: float) -> float:
    exponent = -(x * x) / 2.0
    return 0.0 if exponent <= _NO_DENSITY else _DENSITY * math.exp(exponent)


def _distribution(x: float) -> float:
    result = 0.5 * (1.0 + _error_function(x * _ROOT_HALF))
    return _tail(x) if result <= _TAIL else result


def _tail(x: float) -> float:
    """Far to the left: Abramowitz and Stegun's asymptotic expansion 26.2.12."""
    total, square, index, factor, size = 1.0, x * x, 1.0, 1.0, math.inf
    while True:
        last = size
        first = (4.0 * index - 3.0) / square
        second = first * ((4.0 * index - 1) / square)
        term = factor * (first - second)
        total -= term
        factor *= second
        index += 1
        size = abs(term)
        if last <= size or size < abs(total * EPSILON):
            return -_density(x) / x * total


class BlackCalculator:
    """The value of a European option and its derivatives."""

    def __init__(self, is_call: bool, strike: float, forward: float, deviation: float, discount: float) -> None:
        self._strike, self._forward, self._discount = strike, forward, discount
        self._deviation, self._variance = deviation, deviation * deviation
        self._d1 = self._d2 = 0.0
        if deviation >= EPSILON:
            self._d1 = math.log(forward / strike) / deviation + 0.5 * deviation
            self._d2 = self._d1 - deviation
            first, second = _distribution(self._d1), _distribution(self._d2)
            self._slope1, self._slope2 = _density(self._d1), -_density(self._d2)
        else:
            first = second = 1.0 if forward > strike else 0.0
            self._slope1 = self._slope2 = 0.0
        self._alpha, self._beta = (first, -second) if is_call else (-1.0 + first, 1.0 - second)

    def value(self) -> float:
        """The price."""
        return self._discount * (self._forward * self._alpha + self._strike * self._beta)

    def delta(self, spot: float) -> float:
        """By the spot price."""
        carry, step = self._forward / spot, self._deviation * spot
        alpha, beta = _divided(self._slope1, step), _divided(self._slope2, step)
        return self._discount * (alpha * self._forward + self._alpha * carry + beta * self._strike + self._beta * 0.0)

    def gamma(self, spot: float) -> float:
        """By the spot price, twice."""
        carry, step = self._forward / spot, self._deviation * spot
        alpha, beta = _divided(self._slope1, step), _divided(self._slope2, step)
        alpha2 = -alpha / spot * (1 + _divided(self._d1, self._deviation))
        beta2 = -beta / spot * (1 + _divided(self._d2, self._deviation))
        total = alpha2 * self._forward + 2.0 * alpha * carry + beta2 * self._strike + 2.0 * beta * 0.0
        return self._discount * total

    def vega(self, years: float) -> float:
        """By the volatility."""
        ratio = _divided(math.log(self._strike / self._forward), self._variance)
        alpha, beta = self._slope1 * (ratio + 0.5), self._slope2 * (ratio - 0.5)
        return self._discount * math.sqrt(years) * (alpha * self._forward + beta * self._strike)

    def theta(self, spot: float, years: float) -> float:
        """By the time, a year."""
        if not years:
            return 0.0
        carried = math.log(self._forward / spot) * spot * self.delta(spot)
        curved = 0.5 * self._variance * spot * spot * self.gamma(spot)
        return -(math.log(self._discount) * self.value() + carried + curved) / years

    def rho(self, years: float) -> float:
        """By the rate."""
        alpha, beta = _divided(self._slope1, self._deviation), _divided(self._slope2, self._deviation)
        total = alpha * self._forward + self._alpha * self._forward + beta * self._strike
        return years * (self._discount * total - self.value())

    def elasticity(self, spot: float) -> float:
        """Percent of the price by a percent of the spot price."""
        value, delta = self.value(), self.delta(spot)
        if value > EPSILON:
            return delta / value * spot
        if abs(delta) < EPSILON:
            return 0.0
        return math.copysign(math.inf, delta)


def _divided(over: float, under: float) -> float:
    """As .NET divides by zero."""
    if under:
        return over / under
    return math.copysign(math.inf, over) if over else math.nan
