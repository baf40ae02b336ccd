"""numpy: whole arrays in float32, no copies where none are needed."""

import numpy as np

import spec

f32 = np.float32


def begin(_threads: int) -> str:
    return np.__version__


def prepare(question: dict):
    return {"networks": Networks, "equations": Equations, "process": Process}[question["work"]](question)


class Search:
    """A search whose rollouts a subclass makes, [population x horizon] to [population]."""

    noise = False

    def __init__(self, question: dict):
        self.size = spec.Size.of(question)
        self.start = spec.unpacked(question["start"]).astype(f32)
        self.rng = np.random.default_rng(1)

    def costs(self, question: dict) -> dict:
        return {"costs": spec.packed(self.roll(spec.unpacked(question["actions"]).astype(f32), False))}

    def once(self, _time: int) -> None:
        spec.search(self.size, self.rng, lambda actions: self.roll(actions, self.noise))


class Networks(Search):
    def __init__(self, question: dict):
        super().__init__(question)
        self.layers = spec.layers_of(question)
        self.noise = question["noise"]
        self.least, self.most = question["logVariances"]

    def roll(self, actions: np.ndarray, noise: bool) -> np.ndarray:
        members, rows = len(self.layers[0][0]), len(actions)
        s = np.broadcast_to(self.start, (members, rows, 4))
        inputs = np.empty((members, rows, 6), f32)
        cost = np.zeros((members, rows), f32)
        for u in actions.T:
            inputs[..., 0:2] = s[..., 0:2]
            inputs[..., 0:2] *= f32(0.5)
            np.cos(s[..., 2], out=inputs[..., 2])
            np.sin(s[..., 2], out=inputs[..., 3])
            np.multiply(s[..., 3], f32(1 / 6), out=inputs[..., 4])
            inputs[..., 5] = u
            h = self.forward(inputs)
            change = h[..., :4]
            if noise:
                spread = np.exp(f32(0.5) * np.clip(h[..., 4:], self.least, self.most))
                change = change + spread * self.rng.standard_normal(change.shape, dtype=f32)
            s = s + change
            cost += spec.stage_cost(np, s[..., 0], s[..., 1], s[..., 2], s[..., 3], u)
        return cost.mean(0)

    def forward(self, h: np.ndarray) -> np.ndarray:
        for i, (weights, biases) in enumerate(self.layers):
            h = np.matmul(h, weights)
            h += biases
            if i + 1 < len(self.layers):
                e = np.exp(-h)
                e += f32(1)
                h /= e
        return h


class Equations(Search):
    def __init__(self, question: dict):
        super().__init__(question)
        self.period = f32(question["period"])

    def roll(self, actions: np.ndarray, _noise: bool) -> np.ndarray:
        state = [np.full(len(actions), value, f32) for value in self.start]
        cost = np.zeros(len(actions), f32)
        for u in np.ascontiguousarray(actions.T):
            state = spec.runge_kutta(np, self.period, *state, f32(10) * u)
            cost += spec.stage_cost(np, *state, u)
        return cost


class Process(Search):
    def __init__(self, question: dict):
        super().__init__(question)
        self.period = f32(question["period"])
        self.outputs = spec.process_outputs(question)

    def roll(self, actions: np.ndarray, _noise: bool) -> np.ndarray:
        state = [np.full(len(actions), value, f32) for value in self.start]
        cost = np.zeros(len(actions), f32)
        for u in np.ascontiguousarray(actions.T):
            state = spec.process_step(np, self.outputs, self.period, *state, u)
            cost += spec.stage_cost(np, *state, u)
        return cost
