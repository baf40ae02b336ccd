"""JAX: the whole plan, and the whole epoch, as one jitted program."""

import time

import jax
import jax.numpy as jnp
import numpy as np

import spec

GENERATORS = ("threefry2x32", "rbg", "unsafe_rbg")


def begin(_threads: int) -> str:
    return jax.__version__


def prepare(question: dict):
    if question["work"] == "training":
        return Training(question)
    return {"networks": Networks, "process": Process}[question["work"]](question)


class Search:
    """A search whose rollouts a subclass makes, [population x horizon] to [population]."""

    noise = False

    def __init__(self, question: dict):
        self.size = spec.Size.of(question)
        self.start = jnp.asarray(spec.unpacked(question["start"]), jnp.float32)

    def compile(self, as_installed: bool) -> None:
        """With the generator of random numbers that is fastest here, unless it is taken as installed."""
        self.plan = jax.jit(self.search)
        timed = []
        for kind in GENERATORS[:1] if as_installed else GENERATORS:
            keys = [jax.random.key(i, impl=kind) for i in range(8)]
            self.plan(keys[0]).block_until_ready()
            began = time.perf_counter()
            for key in keys[1:]:
                self.plan(key).block_until_ready()
            timed.append((time.perf_counter() - began, kind))
        self.kind = min(timed)[1]
        self.form = f"the whole plan jitted, {self.kind}"

    def costs(self, question: dict) -> dict:
        actions = jnp.asarray(spec.unpacked(question["actions"]), jnp.float32)
        return {"costs": spec.packed(jax.jit(lambda a: self.roll(a, None))(actions))}

    def once(self, time_: int) -> None:
        self.plan(jax.random.key(time_, impl=self.kind)).block_until_ready()

    def search(self, key):
        size = self.size

        def iteration(carry, key):
            mean, spread = carry
            draw, noise = jax.random.split(key)
            actions = jnp.clip(mean + spread * jax.random.normal(draw, (size.population, size.horizon)), -1, 1)
            costs = self.roll(actions, noise if self.noise else None)
            best = actions[jax.lax.top_k(-costs, size.elites)[1]]
            return (
                spec.SMOOTHING * mean + (1 - spec.SMOOTHING) * best.mean(0),
                spec.SMOOTHING * spread + (1 - spec.SMOOTHING) * best.std(0),
            ), None

        first = (jnp.zeros(size.horizon), jnp.full(size.horizon, spec.FIRST_SPREAD))
        return jax.lax.scan(iteration, first, jax.random.split(key, size.iterations))[0][0]


class Networks(Search):
    def __init__(self, question: dict):
        super().__init__(question)
        self.layers = [(jnp.asarray(weights), jnp.asarray(biases)) for weights, biases in spec.layers_of(question)]
        self.noise = question["noise"]
        self.least, self.most = question["logVariances"]
        self.compile(question["asInstalled"])

    def roll(self, actions, key):
        members, rows = len(self.layers[0][0]), len(actions)
        keys = None if key is None else jax.random.split(key, actions.shape[1])

        def step(carry, at):
            s, cost = carry
            u, key = at
            h = self.forward(s, jnp.broadcast_to(u[None, :, None], (members, rows, 1)))
            change = h[..., :4]
            if key is not None:
                spread = jnp.exp(0.5 * jnp.clip(h[..., 4:], self.least, self.most))
                change = change + spread * jax.random.normal(key, change.shape)
            s = s + change
            return (s, cost + spec.stage_cost(jnp, s[..., 0], s[..., 1], s[..., 2], s[..., 3], u)), None

        first = (jnp.broadcast_to(self.start, (members, rows, 4)), jnp.zeros((members, rows)))
        return jax.lax.scan(step, first, (actions.T, keys))[0][1].mean(0)

    def forward(self, s, u):
        angle = s[..., 2:3]
        h = jnp.concatenate([s[..., 0:2] * 0.5, jnp.cos(angle), jnp.sin(angle), s[..., 3:4] * (1 / 6), u], -1)
        for i, (weights, biases) in enumerate(self.layers):
            h = jnp.matmul(h, weights) + biases
            if i + 1 < len(self.layers):
                h = jax.nn.silu(h)
        return h


class Process(Search):
    def __init__(self, question: dict):
        super().__init__(question)
        self.period = question["period"]
        self.outputs = spec.process_outputs(question)
        self.compile(question["asInstalled"])

    def roll(self, actions, _key):
        def step(carry, u):
            *state, cost = carry
            state = spec.process_step(jnp, self.outputs, self.period, *state, u)
            return (*state, cost + spec.stage_cost(jnp, *state, u)), None

        rows = jnp.zeros(len(actions))
        return jax.lax.scan(step, (*(rows + value for value in self.start), rows), actions.T)[0][4]


class Training:
    """An epoch of all members under the Gaussian likelihood, by Adam written out, scanned over the batches."""

    form = "the whole epoch jitted"

    def __init__(self, question: dict):
        self.inputs = jnp.asarray(spec.unpacked(question["inputs"]))
        self.targets = jnp.asarray(spec.unpacked(question["targets"]))
        self.orders = spec.unpacked(question["orders"])
        self.batch = question["batch"]
        self.rate = question["rate"]
        self.initial = [(jnp.asarray(weights), jnp.asarray(biases)) for weights, biases in spec.layers_of(question)]
        self.rng = np.random.default_rng(1)
        self.jitted = jax.jit(self.epoch)
        self.restart()

    def restart(self) -> None:
        zeros = jax.tree.map(jnp.zeros_like, self.initial)
        self.state = (self.initial, zeros, zeros, jnp.float32(0))

    def losses(self, _question: dict) -> dict:
        self.restart()
        losses = []
        for order in self.orders:
            self.state, loss = self.jitted(self.state, self.batches(order))
            losses.append(float(loss))
        self.restart()
        return {"losses": losses}

    def once(self, _time: int) -> None:
        members, rows = self.orders.shape[1], len(self.inputs)
        order = np.stack([self.rng.permutation(rows) for _ in range(members)])
        self.state, loss = self.jitted(self.state, self.batches(order))
        loss.block_until_ready()

    def batches(self, order: np.ndarray) -> np.ndarray:
        """[steps x members x batch]"""
        steps = order.shape[1] // self.batch
        return order[:, : steps * self.batch].reshape(len(order), steps, self.batch).transpose(1, 0, 2).astype(np.int32)

    def loss(self, layers, x, y):
        h = x
        for i, (weights, biases) in enumerate(layers):
            h = jnp.matmul(h, weights) + biases
            if i + 1 < len(layers):
                h = jax.nn.silu(h)
        mean, log_variance = jnp.split(h, 2, -1)
        return 0.5 * ((mean - y) ** 2 * jnp.exp(-log_variance) + log_variance).sum() / self.batch

    def epoch(self, state, batches):
        def step(state, rows):
            layers, first, second, t = state
            loss, gradient = jax.value_and_grad(self.loss)(layers, self.inputs[rows], self.targets[rows])
            t = t + 1
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
            second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
            c1, c2 = (-1 / jnp.expm1(t * np.log(beta)) for beta in (0.9, 0.999))  # 1 - beta^t would lose digits
            layers = jax.tree.map(lambda p, m, v: p - self.rate * (m * c1) / (jnp.sqrt(v * c2) + 1e-8), layers, first, second)
            return (layers, first, second, t), loss

        state, losses = jax.lax.scan(step, state, batches)
        return state, losses.mean() / (batches.shape[1] * self.targets.shape[1])
