"""mbrl-lib as its users run it: an ensemble of Gaussian networks, its environment of the model, its cross-entropy method."""

import sys
from importlib import metadata

import gymnasium
import numpy as np
import torch

sys.modules.setdefault("gym", gymnasium)  # it asks for the name that the library had before
import mbrl.models as models
import mbrl.planning as planning
import omegaconf

import spec
import with_torch


def begin(threads: int) -> str:
    with_torch.begin(threads)
    return metadata.version("mbrl")


def prepare(question: dict):
    return Planner(question)


class Environment:
    observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (4,), np.float32)
    action_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)


def features(s: torch.Tensor) -> torch.Tensor:
    angle = s[..., 2:3]
    return torch.cat([s[..., 0:2] * 0.5, torch.cos(angle), torch.sin(angle), s[..., 3:4] * (1 / 6)], -1)


def reward(u: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    return -spec.stage_cost(torch, s[:, 0], s[:, 1], s[:, 2], s[:, 3], u[:, 0])[:, None]


def never_over(_u: torch.Tensor, s: torch.Tensor) -> torch.Tensor:
    return torch.zeros(len(s), 1, dtype=torch.bool)


class Planner:
    def __init__(self, question: dict):
        size = spec.Size.of(question)
        layers = spec.layers_of(question)
        self.horizon = size.horizon
        self.members = len(layers[0][0])
        self.start = spec.unpacked(question["start"]).astype(np.float32)
        networks = models.GaussianMLP(
            6,
            4,
            "cpu",
            num_layers=len(layers) - 1,
            ensemble_size=self.members,
            hid_size=layers[0][0].shape[2],
            propagation_method="fixed_model",
            activation_fn_cfg=omegaconf.OmegaConf.create({"_target_": "torch.nn.SiLU"}),
        )
        hidden = [block[0] for block in networks.hidden_layers]
        with torch.no_grad():
            for layer, (weights, biases) in zip([*hidden, networks.mean_and_logvar], layers, strict=True):
                layer.weight.copy_(torch.tensor(weights))
                layer.bias.copy_(torch.tensor(biases))
        model = models.OneDTransitionRewardModel(
            networks, target_is_delta=True, normalize=True, learned_rewards=False, obs_process_fn=features
        )
        self.environment = models.ModelEnv(Environment(), model, never_over, reward, generator=torch.Generator())
        self.optimiser = planning.CEMOptimizer(
            size.iterations,
            size.elites / size.population,
            size.population,
            [[-1.0]] * size.horizon,
            [[1.0]] * size.horizon,
            spec.SMOOTHING,
            torch.device("cpu"),
            return_mean_elites=True,
        )

    @torch.no_grad()
    def costs(self, question: dict) -> dict:
        """Of the same actions through each member, without noise, then their mean."""
        actions = torch.tensor(spec.unpacked(question["actions"]), dtype=torch.float32)
        rows, members = len(actions), self.members
        state = self.environment.reset(np.tile(self.start, (rows * members, 1)))
        # the row of candidate c and member m is c * members + m; members take consecutive shares of the permuted rows
        state["propagation_indices"] = torch.arange(rows * members).view(rows, members).T.reshape(-1)
        total = torch.zeros(rows * members)
        for t in range(self.horizon):
            u = actions[:, t].repeat_interleave(members)[:, None]
            _, rewards, _, state = self.environment.step(u, state, sample=False)
            total -= rewards[:, 0]
        return {"costs": spec.packed(total.view(rows, members).mean(1).numpy())}

    @torch.no_grad()
    def once(self, _time: int) -> None:
        self.optimiser.optimize(
            lambda actions: self.environment.evaluate_action_sequences(
                actions, initial_state=self.start, num_particles=self.members
            ),
            x0=torch.zeros(self.horizon, 1),
        )
