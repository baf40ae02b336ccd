import type { RecordedEpisode } from '../../shared/episodes/readEpisode';
import type { GridStretch } from '../../shared/recordings/grid';
import type { ResolvedSetup } from '../../shared/setups/resolve';
import { ReplayedRig } from '../rigs/replayed';
import { loopOn } from './assemble';

/**
 * A recorded episode as models are fitted on it: the states that its estimator smooths from both sides, the actions that the
 * rig applied, and the angles as they were read. The last few periods, which no later reading smooths, are left out.
 *
 * @returns undefined when it is too short for a single transition
 */
export function smoothedEpisode({ header, periods }: RecordedEpisode, resolved: ResolvedSetup): GridStretch | undefined {
  const { plant, instance, period } = resolved;
  if (header.rig === 'imported') return asTold(periods, resolved);
  const n = instance.size;
  const rig = new ReplayedRig(periods, 0);
  const loop = loopOn(rig, resolved, { stopped: false });
  const states: number[] = [];
  const actions: number[] = [];
  let first = -1;
  let last: Float64Array | undefined;
  for (let index = 0; index < periods.length; index++) {
    loop.sense(index === 0 ? loop.start(undefined, 0) : rig.advance(), { explore: false, hasModel: false });
    const { finished } = loop;
    if (finished === undefined) continue;
    if (first < 0) first = finished.step;
    states.push(...finished.state);
    actions.push(finished.action);
    last = Float64Array.from(finished.next);
  }
  if (last === undefined) return undefined;
  states.push(...last);
  const count = actions.length + 1;
  const recorded = new Map<string, Float64Array>();
  plant.structure.coordinates.forEach(({ position }, j, all) => {
    const { id, wraps } = plant.channels[position]!;
    if (wraps !== true) return;
    const angles = Float64Array.from({ length: count }, (_, i) => {
      const { positions } = periods[first + i]!;
      return positions[positions.length - all.length + j]!;
    });
    recorded.set(id, angles);
  });
  return {
    from: first * period,
    count,
    states: Float64Array.from(states.slice(0, count * n)),
    actions: Float64Array.from(actions),
    recorded,
  };
}

/** States and actions as a table told them: nothing is known of how they were measured. */
function asTold(periods: RecordedEpisode['periods'], { plant }: ResolvedSetup): GridStretch | undefined {
  const count = periods.length;
  if (count < 2) return undefined;
  const angles = plant.channels.flatMap(({ id, wraps }, c) =>
    wraps === true ? [[id, Float64Array.from(periods, ({ state }) => state[c]!)] as const] : [],
  );
  return {
    from: 0,
    count,
    states: Float64Array.from(periods.flatMap(({ state }) => state)),
    actions: Float64Array.from(periods.slice(1), ({ applied }) => applied),
    recorded: new Map(angles),
  };
}
