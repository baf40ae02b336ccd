"""pytorch_mppi through the ensemble: every fifth of the samples goes through a member of its own."""

import warnings
from importlib import metadata

import torch
from pytorch_mppi import MPPI

import spec
import with_torch


def begin(threads: int) -> str:
    with_torch.begin(threads)
    warnings.filterwarnings("ignore")
    return metadata.version("pytorch_mppi")


def prepare(question: dict):
    return Control(question)


class Control:
    def __init__(self, question: dict):
        networks = with_torch.Networks(question)
        self.networks = networks
        self.members = len(networks.layers[0][0])
        self.noise = question["noise"]
        self.control = MPPI(
            self.step,
            lambda s, u: spec.stage_cost(torch, s[..., 0], s[..., 1], s[..., 2], s[..., 3], u[..., 0]),
            4,
            torch.tensor([[spec.FIRST_SPREAD**2]]),
            num_samples=networks.size.population * self.members,
            horizon=networks.size.horizon,
            lambda_=0.1,
            device="cpu",
            u_min=torch.tensor([-1.0]),
            u_max=torch.tensor([1.0]),
        )

    def step(self, s: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        by_member = (self.members, len(s) // self.members, -1)
        return self.networks.step(s.reshape(by_member), u.reshape(by_member), self.noise).reshape(len(s), 4)

    @torch.inference_mode()
    def costs(self, question: dict) -> dict:
        """Of the same actions through each member, then their mean."""
        actions = torch.tensor(spec.unpacked(question["actions"]), dtype=torch.float32)
        kept, self.noise = self.noise, False
        self.control.state = self.networks.start
        found = self.control._compute_rollout_costs(actions.repeat(self.members, 1)[..., None])[0]
        self.noise = kept
        return {"costs": spec.packed(found.view(self.members, len(actions)).mean(0).numpy())}

    @torch.inference_mode()
    def once(self, _time: int) -> None:
        self.control.reset()
        self.control.command(self.networks.start)
