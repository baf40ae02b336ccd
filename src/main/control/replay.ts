import type { ControllerInstance, ExecutablePlan } from '../../shared/controllers/controller';
import type { RecordedEpisode } from '../../shared/episodes/readEpisode';
import type { RecordedPeriod } from '../../shared/episodes/record';
import { resolveSetup, type ResolvedSetup } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import { compileCost } from '../../shared/tasks/cost';
import { ReplayedRig } from '../rigs/replayed';
import { controllerOf, loopOn } from './assemble';
import type { StepRecord } from './loop';

export interface Replay {
  /** Periods that were decided again. */
  readonly steps: number;
  /** Whether estimates, verdicts and commands were equal to the last bit; null when another controller decided. */
  readonly identical: boolean | null;
  readonly firstDifferenceStep: number | null;
  /** What differed there, in words; empty when nothing did. */
  readonly difference: string;
  /** By how much commands differed at most and root mean square, action units. */
  readonly largestDifference: number;
  readonly rmsDifference: number;
}

/**
 * Runs a recorded episode through the loop on a stepped clock: recorded measurements take the place of the rig, recorded
 * plans that of planner and learner.
 *
 * @param resolved    the recorded setup
 * @param controller  another controller, which sees the recorded states; the recorded one when absent
 */
export function replayEpisode(
  { header, periods, plans, events }: RecordedEpisode,
  resolved: ResolvedSetup,
  controller?: ControllerInstance,
): Replay {
  const latch = { stopped: false };
  const rig = new ReplayedRig(periods, Math.round(resolved.rig.delay / resolved.period));
  const loop = loopOn(rig, resolved, latch);
  const { replan } = header.plan;
  loop.replace({ controller: controller ?? controllerOf(resolved, resolved.setup.controller === 'mpc' ? { replan } : {}) });
  const seen: { step: number; what: string }[] = [];
  const differ = (step: number, what: string | undefined) => void (what !== undefined && seen.length === 0 && seen.push({ step, what }));
  const settings = events.filter(({ kind }) => kind === 'setting');
  let newest: ExecutablePlan | undefined;
  let nextPlan = 0;
  let nextSetting = 0;
  let steps = 0;
  let largest = 0;
  let squares = 0;
  let measurement = periods.length > 0 ? loop.start(undefined, header.episode) : undefined;
  for (let index = 0; measurement !== undefined; index++) {
    const recorded = periods[index]!;
    const { explore, hasModel, decided } = recorded;
    for (; nextSetting < settings.length && settings[nextSetting]!.before <= index; nextSetting++) {
      const changed = JSON.parse(settings[nextSetting]!.text) as { readonly setup: Setup; readonly replacesController: boolean };
      const now = resolveSetup(changed.setup);
      loop.replace({ cost: compileCost(now.cost, now.plant, now.instance) });
      if (changed.replacesController && controller === undefined && now.setup.controller === 'mpc')
        loop.replace({ controller: controllerOf(now, { replan }) });
    }
    const trip = loop.sense(measurement, { explore, hasModel });
    differ(recorded.step, differenceOfEstimate(loop.record, recorded));
    if (decided === undefined) {
      const end = events.find(({ kind }) => kind === 'end')?.text;
      if (trip !== undefined && end !== undefined && end !== trip.reason)
        differ(recorded.step, `the interlock says "${trip.reason}", then "${end}"`);
      break;
    }
    if (trip !== undefined) differ(recorded.step, `the interlock ends the episode here: ${trip.reason}`);
    for (; nextPlan < plans.length && plans[nextPlan]!.before <= index; nextPlan++) {
      const { id, actsFrom, actions } = plans[nextPlan]!;
      newest = { id, actsFrom, actions: Float64Array.from(actions) };
    }
    const { command } = loop.act(newest, decided.allowed);
    differ(recorded.step, differenceOfDecision(loop.record, decided));
    const difference = Math.abs(command - decided.sent);
    largest = Math.max(largest, difference);
    squares += difference * difference;
    steps++;
    measurement = index + 1 < periods.length ? rig.advance() : undefined;
  }
  return {
    steps,
    identical: controller === undefined ? seen.length === 0 : null,
    firstDifferenceStep: seen[0]?.step ?? null,
    difference: seen[0]?.what ?? '',
    largestDifference: largest,
    rmsDifference: steps === 0 ? 0 : Math.sqrt(squares / steps),
  };
}

function differenceOfEstimate({ state, costs }: StepRecord, recorded: RecordedPeriod): string | undefined {
  const c = recorded.state.findIndex((value, i) => !Object.is(value, state[i]));
  if (c >= 0) return `the estimate of channel ${c} is ${state[c]}, recorded ${recorded.state[c]}`;
  const t = recorded.costs.findIndex((value, i) => !Object.is(value, costs[i]));
  return t < 0 ? undefined : `the cost of term ${t} is ${costs[t]}, recorded ${recorded.costs[t]}`;
}
function differenceOfDecision(record: StepRecord, recorded: NonNullable<RecordedPeriod['decided']>): string | undefined {
  for (const [name, now, then] of [
    ['chosen action', record.chosen, recorded.chosen],
    ['command', record.command, recorded.sent],
    ['basis', record.basis, recorded.basis],
    ["gate's verdict", record.verdict, recorded.verdict],
    ['age of the plan', record.planAge, recorded.planAge],
  ] as const)
    if (!Object.is(now, then)) return `the ${name} is ${now}, recorded ${then}`;
  return undefined;
}
