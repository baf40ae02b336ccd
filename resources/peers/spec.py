"""What the works have in common, whatever library does them."""

import base64
from dataclasses import dataclass

import numpy as np

SMOOTHING = 0.1
FIRST_SPREAD = 0.5


def unpacked(packed: dict) -> np.ndarray:
    """Numbers as they cross: their bytes in base64, type and shape beside them."""
    return np.frombuffer(base64.b64decode(packed["bytes"]), packed["type"]).reshape(packed["shape"]).copy()


def packed(array) -> dict:
    values = np.ascontiguousarray(array, np.float64)
    return {"type": "float64", "shape": list(values.shape), "bytes": base64.b64encode(values.tobytes()).decode()}


@dataclass(frozen=True)
class Size:
    """Of a search by the cross-entropy method."""

    population: int
    horizon: int
    iterations: int
    elites: int

    @staticmethod
    def of(question: dict) -> "Size":
        return Size(**question["size"])


def layers_of(question: dict) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights [members x inputs x outputs] and biases [members x 1 x outputs] of each layer."""
    return [(unpacked(layer["weights"]), unpacked(layer["biases"])) for layer in question["layers"]]


def search(size: Size, rng: np.random.Generator, costs_of) -> np.ndarray:
    """The cross-entropy method in numpy, for peers that have no search of their own. Gives the last mean."""
    mean = np.zeros(size.horizon, np.float32)
    spread = np.full(size.horizon, FIRST_SPREAD, np.float32)
    for _ in range(size.iterations):
        actions = np.clip(mean + spread * rng.standard_normal((size.population, size.horizon), dtype=np.float32), -1, 1)
        costs = costs_of(actions)
        best = actions[np.argpartition(costs, size.elites)[: size.elites]]
        mean = np.float32(SMOOTHING) * mean + np.float32(1 - SMOOTHING) * best.mean(0)
        spread = np.float32(SMOOTHING) * spread + np.float32(1 - SMOOTHING) * best.std(0)
    return mean


def accelerations(xp, angle, rate, force):
    """Of a cart of 1 kg and a pole of 0.1 kg and half length 0.5 m, without friction: of the cart and of the pole."""
    sin, cos = xp.sin(angle), xp.cos(angle)
    pushed = (force - 0.05 * rate * rate * sin) * (1 / 1.1)
    turning = (9.81 * sin + pushed * cos) / (0.5 * (4 / 3) - (0.5 * 0.1 / 1.1) * cos * cos)
    return pushed + (0.05 / 1.1) * turning * cos, turning


def runge_kutta(xp, period, x, v, angle, rate, force):
    """One step of fourth order."""
    half, sixth = period / 2, period / 6
    a1, b1 = accelerations(xp, angle, rate, force)
    v2, w2 = v + half * a1, rate + half * b1
    a2, b2 = accelerations(xp, angle + half * rate, w2, force)
    v3, w3 = v + half * a2, rate + half * b2
    a3, b3 = accelerations(xp, angle + half * w2, w3, force)
    v4, w4 = v + period * a3, rate + period * b3
    a4, b4 = accelerations(xp, angle + period * w3, w4, force)
    return (
        x + sixth * (v + 2 * (v2 + v3) + v4),
        v + sixth * (a1 + 2 * (a2 + a3) + a4),
        angle + sixth * (rate + 2 * (w2 + w3) + w4),
        rate + sixth * (b1 + 2 * (b2 + b3) + b4),
    )


def stage_cost(xp, x, v, angle, rate, u):
    """u in units of its limit."""
    return 1 - xp.cos(angle) + 0.05 * x * x + 0.005 * v * v + 0.01 * rate * rate + 0.001 * u * u


@dataclass(frozen=True)
class ProcessOutput:
    """One output of a Gaussian process, odd under the mirror. The exponents of a point and of its mirror image share the
    part that the mirror leaves alone: even + odd and even - odd."""

    scales: np.ndarray  # [inputs] 1 / length scale
    even: np.ndarray  # indices of inputs that the mirror leaves alone
    odd: np.ndarray
    points_even: np.ndarray  # [even x points], scaled
    points_odd: np.ndarray
    offsets: np.ndarray  # [points], minus half the squared length of each
    weights: np.ndarray  # [points], with the variance


def process_outputs(question: dict) -> list[ProcessOutput]:
    outputs = []
    for output in question["outputs"]:
        scales = np.sqrt(unpacked(output["inverseSquares"]))
        signs = unpacked(output["signs"])
        points = unpacked(output["points"]) * scales
        even, odd = np.flatnonzero(signs > 0), np.flatnonzero(signs < 0)
        outputs.append(
            ProcessOutput(
                scales.astype(np.float32),
                even,
                odd,
                np.ascontiguousarray(points[:, even].T, np.float32),
                np.ascontiguousarray(points[:, odd].T, np.float32),
                (-0.5 * (points * points).sum(1)).astype(np.float32),
                (unpacked(output["weights"]) * output["variance"]).astype(np.float32),
            )
        )
    return outputs


def process_mean(xp, output: ProcessOutput, inputs):
    """[rows] of inputs [rows x inputs]."""
    z = inputs * output.scales
    even = (-0.5 * (z * z).sum(1))[:, None] + output.offsets + z[:, output.even] @ output.points_even
    odd = z[:, output.odd] @ output.points_odd
    return (xp.exp(even + odd) - xp.exp(even - odd)) @ output.weights


def process_step(xp, outputs, period, x, v, angle, rate, u):
    """A period through the two accelerations that the process states."""
    inputs = xp.stack([v / 2, xp.cos(angle), xp.sin(angle), rate / 6, u], 1)
    a, b = (period * process_mean(xp, output, inputs) for output in outputs)
    return (
        x + period * (v + 0.5 * a),
        xp.clip(v + a, -12, 12),
        angle + period * (rate + 0.5 * b),
        xp.clip(rate + b, -40, 40),
    )
