import { loadKernels } from '../../src/main/workers/kernels';
import { TransitionStore } from '../../src/shared/episodes/transitions';
import { randomStream, streamKey } from '../../src/shared/math/random';
import { physics } from '../../src/shared/models';
import type { Planner } from '../../src/shared/planners/planner';
import { PlanSearch } from '../../src/shared/planners/planSearch';
import { kernelEngine } from '../../src/shared/rollouts/kernels/engine';
import { usualChoice } from '../../src/shared/rollouts/kernels/source';
import { defaultsOf, settle, type SettingsOf, type SettingsSchema } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import { compileCost } from '../../src/shared/tasks/cost';

export interface Contender {
  readonly planner: Planner;
  /** What differs from the planner's defaults. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Steps of a plan. */
  readonly horizon: number;
}
export interface ClosedLoopEpisode {
  /** Sum of the stage costs along what really happened. */
  readonly cost: number;
  /** Imagined steps, of all plans together. */
  readonly evaluations: number;
}

/**
 * Closed-loop swing-up on the true equations: a planner that knows them replans each period without delay, and the plant
 * is those same equations, so that nothing but the search makes a difference. Plans are made by the portable kernel, whose
 * bits are the same everywhere; what really happens, and what it costs, is computed in 64 bits.
 * @param name     a built-in setup
 * @param seconds  length of an episode
 * @returns        runs one episode; the seed names the start (about hanging at rest) and the planner's streams
 */
export async function closedLoop(name: string, seconds: number): Promise<(contender: Contender, seed: number) => ClosedLoopEpisode> {
  const { setup, plant, instance, period, cost, settings } = resolveSetup(builtInSetups[name]!);
  const model = await physics.fit({
    plant,
    plantId: setup.plant,
    plantValues: settings.plant,
    instance,
    period,
    data: new TransitionStore(instance.size).head(0),
    settings: defaultsOf(physics.settings),
    priors: [],
    seed: 1,
  });
  const compiled = compileCost(cost, plant, instance);
  const rollouts = kernelEngine(loadKernels(), usualChoice('portable')).create({ plant, instance, model, cost });

  return ({ planner, settings, horizon }, seed) => {
    const search = new PlanSearch({
      plant,
      instance,
      horizon,
      evaluator: { evaluate: (job) => rollouts.evaluate({ ...job, from: 0, to: job.count }) },
      createPlanner: ({ imagination }) =>
        planner.create(
          { horizon, limit: instance.actionLimit, period, seed, imagination },
          settle(planner.settings, settings, 'planner') as SettingsOf<SettingsSchema>,
        ),
    });
    search.setModel(model);
    const random = randomStream(streamKey(seed, START, 0, 0));
    const state = plant.hanging().map((at) => at + SPREAD * (2 * random.uniform() - 1));
    const action = new Float64Array(1);
    const before = new Float64Array(1);
    const sum = new Float64Array(1);
    let evaluations = 0;
    for (let step = 0; step < Math.round(seconds / period); step++) {
      const plan = search.plan({ id: step, step, state, queue: new Float64Array(0), wantsFan: false });
      evaluations += plan.evaluations;
      before[0] = action[0]!;
      action[0] = plan.actions?.[0] ?? 0;
      model.predict(state, action, 1, -1);
      compiled.stage(state, action, before, 1, false, sum);
    }
    return { cost: sum[0]!, evaluations };
  };
}
const START = 0x7374;
/** Starts lie so far about hanging at rest in every channel: metres, radians, and those per second. */
const SPREAD = 0.3;
