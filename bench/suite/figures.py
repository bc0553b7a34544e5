"""Spread of repeated measurements, and lines through them."""
import math


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values):
    ordered = sorted(values)
    return {"min": ordered[0], "median": quantile(ordered, 0.5), "max": ordered[-1], "n": len(ordered)}


def distribution(values):
    """p50, p90, p99 and every twentieth part, for charts."""
    ordered = sorted(values)
    return {"n": len(ordered), "min": ordered[0], "p50": quantile(ordered, 0.5), "p90": quantile(ordered, 0.9),
            "p99": quantile(ordered, 0.99), "max": ordered[-1],
            "quantiles": [quantile(ordered, i / 20) for i in range(20)] + [ordered[-1]]}


def exponent(points):
    """b of y = a x^b, by least squares over the logarithms; None for fewer than two points."""
    logs = [(math.log(x), math.log(y)) for x, y in points if x > 0 and y > 0]
    if len({x for x, _ in logs}) < 2:
        return None
    mean_x, mean_y = (sum(values) / len(logs) for values in zip(*logs))
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / sum((x - mean_x) ** 2 for x, _ in logs)
