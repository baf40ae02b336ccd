import type { Status } from '../../shared/contract/contract';
import type { ControlStatus } from '../../shared/contract/controlMessages';
import type { ResolvedSetup } from '../../shared/setups/resolve';

/** The status that clients see, of what the workbench knows and what the control process said last. */
export function statusOf({
  state,
  reason,
  speed,
  resolved,
  control: status,
  model,
  recording,
}: Pick<Status, 'state' | 'reason' | 'recording'> & {
  /** Simulated seconds per second wanted. */
  readonly speed: number;
  readonly resolved: ResolvedSetup;
  readonly control: ControlStatus | undefined;
  readonly model: { readonly fit: number; readonly rows: number } | undefined;
}): Status {
  const slow = status !== undefined && status.running && !status.paused && status.speedNow < 0.9 * speed;
  return {
    state,
    reason,
    rig: 'simulated',
    episode: status?.episode ?? 0,
    step: status?.step ?? 0,
    time: status?.time ?? 0,
    speedWanted: speed,
    speedNow: status?.speedNow ?? 0,
    speedReason:
      status?.awaitsModel === true
        ? 'waiting for the first fit'
        : slow
          ? slowness(status.planMs?.p50, (resolved.period * 1000) / speed)
          : '',
    recording,
    loopHz: status?.running === true ? status.speedNow / resolved.period : 0,
    planMs: status?.planMs ?? null,
    deadlineMs: (resolved.period * 1000) / speed,
    late: status?.late ?? 0,
    latenessMs: status?.latenessMs ?? null,
    planAge: status === undefined || status.planAge < 0 ? null : status.planAge,
    planning: status?.basis === 'random' ? 'random' : status?.basis === 'plan' || status?.basis === 'olderPlan' ? 'searching' : 'none',
    model: model === undefined ? null : { label: resolved.model.label, ...model },
    plannerThreads: status?.threads ?? 0,
    plannerEngine: status?.engine ?? '',
    evaluationsPerPlan: status?.evaluations ?? null,
  };
}

/** Why a patient simulation runs slower than asked. */
function slowness(planMs: number | undefined, periodMs: number): string {
  if (planMs !== undefined && planMs > 0.9 * periodMs)
    return `planning takes ${planMs.toFixed(0)} ms of a ${periodMs.toFixed(0)} ms period`;
  return 'this machine is busy with plans, pictures and fits';
}
