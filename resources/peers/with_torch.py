"""PyTorch: members as one batched product for each layer; the form that ensembles of networks usually take there."""

import numpy as np
import torch

import spec


def begin(threads: int) -> str:
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    return torch.__version__


def prepare(question: dict):
    return {"networks": Networks, "equations": Equations, "training": Training}[question["work"]](question)


class Search:
    noise = False

    def __init__(self, question: dict):
        self.size = spec.Size.of(question)
        self.start = torch.tensor(spec.unpacked(question["start"]), dtype=torch.float32)

    def costs(self, question: dict) -> dict:
        with torch.inference_mode():
            actions = torch.tensor(spec.unpacked(question["actions"]), dtype=torch.float32)
            return {"costs": spec.packed(self.roll(actions, False).numpy())}

    @torch.inference_mode()
    def once(self, _time: int) -> None:
        size = self.size
        mean = torch.zeros(size.horizon)
        spread = torch.full((size.horizon,), spec.FIRST_SPREAD)
        for _ in range(size.iterations):
            actions = (mean + spread * torch.randn(size.population, size.horizon)).clamp_(-1, 1)
            costs = self.roll(actions, self.noise)
            best = actions[torch.topk(costs, size.elites, largest=False).indices]
            mean = spec.SMOOTHING * mean + (1 - spec.SMOOTHING) * best.mean(0)
            spread = spec.SMOOTHING * spread + (1 - spec.SMOOTHING) * best.std(0, unbiased=False)


class Networks(Search):
    def __init__(self, question: dict):
        super().__init__(question)
        self.layers = [(torch.tensor(weights), torch.tensor(biases)) for weights, biases in spec.layers_of(question)]
        self.noise = question["noise"]
        self.least, self.most = question["logVariances"]
        self.scales = torch.tensor([0.5, 0.5])

    def roll(self, actions: torch.Tensor, noise: bool) -> torch.Tensor:
        members = len(self.layers[0][0])
        s = self.start.expand(members, len(actions), 4)
        cost = torch.zeros(members, len(actions))
        for t in range(actions.shape[1]):
            u = actions[:, t]
            s = self.step(s, u.expand(members, -1)[..., None], noise)
            cost += spec.stage_cost(torch, s[..., 0], s[..., 1], s[..., 2], s[..., 3], u)
        return cost.mean(0)

    def step(self, s: torch.Tensor, u: torch.Tensor, noise: bool) -> torch.Tensor:
        angle = s[..., 2:3]
        h = torch.cat([s[..., 0:2] * self.scales, torch.cos(angle), torch.sin(angle), s[..., 3:4] * (1 / 6), u], -1)
        last = len(self.layers) - 1
        for i, (weights, biases) in enumerate(self.layers):
            h = torch.baddbmm(biases, h, weights)
            if i < last:
                h = torch.nn.functional.silu(h, inplace=True)
        change = h[..., :4]
        if noise:
            change = change + torch.exp(0.5 * h[..., 4:].clamp(self.least, self.most)) * torch.randn_like(change)
        return s + change


class Equations(Search):
    def __init__(self, question: dict):
        super().__init__(question)
        self.period = question["period"]

    def roll(self, actions: torch.Tensor, _noise: bool) -> torch.Tensor:
        state = [torch.full((len(actions),), float(value)) for value in self.start]
        cost = torch.zeros(len(actions))
        for u in actions.T.contiguous():
            state = spec.runge_kutta(torch, self.period, *state, 10 * u)
            cost += spec.stage_cost(torch, *state, u)
        return cost


class Training:
    """An epoch of all members under the Gaussian likelihood, by Adam over one list of batched tensors."""

    def __init__(self, question: dict):
        self.inputs = torch.tensor(spec.unpacked(question["inputs"]))
        self.targets = torch.tensor(spec.unpacked(question["targets"]))
        self.orders = torch.tensor(spec.unpacked(question["orders"]).astype(np.int64))
        self.batch = question["batch"]
        self.rate = question["rate"]
        self.initial = spec.layers_of(question)
        self.rng = np.random.default_rng(1)
        self.restart()

    def restart(self) -> None:
        self.parameters = [torch.tensor(part, requires_grad=True) for layer in self.initial for part in layer]
        self.optimiser = torch.optim.Adam(self.parameters, lr=self.rate, foreach=True)

    def losses(self, _question: dict) -> dict:
        self.restart()
        losses = [self.epoch(order) for order in self.orders]
        self.restart()
        return {"losses": losses}

    def once(self, _time: int) -> None:
        members, rows = self.orders.shape[1], len(self.inputs)
        order = np.stack([self.rng.permutation(rows) for _ in range(members)])
        self.epoch(torch.from_numpy(order))

    def epoch(self, order: torch.Tensor) -> float:
        """@returns the loss averaged over members, outputs and batches."""
        total, steps, batch = torch.zeros(()), order.shape[1] // self.batch, self.batch
        for step in range(steps):
            rows = order[:, step * batch : (step + 1) * batch]
            x, y = self.inputs[rows], self.targets[rows]
            h = x
            for i in range(0, len(self.parameters), 2):
                h = torch.baddbmm(self.parameters[i + 1], h, self.parameters[i])
                if i + 2 < len(self.parameters):
                    h = torch.nn.functional.silu(h)
            mean, log_variance = h.chunk(2, -1)
            misfit = (mean - y) ** 2 * torch.exp(-log_variance) + log_variance
            loss = 0.5 * misfit.sum() / batch
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
            total += loss.detach()
        return float(total) / steps / (len(order) * self.targets.shape[1])
