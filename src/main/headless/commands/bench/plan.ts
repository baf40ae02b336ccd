import { TransitionStore, type Transitions } from '../../../../shared/episodes/transitions';
import { randomStream, streamKey } from '../../../../shared/math/random';
import { runFit } from '../../../../shared/models/fitJob';
import type { DynamicsModel, Prior } from '../../../../shared/models/model';
import { PlanSearch } from '../../../../shared/planners/planSearch';
import { usualChoice } from '../../../../shared/rollouts/kernels/source';
import type { SettingsOf, SettingsSchema, SettingValues } from '../../../../shared/settings';
import { builtInSetups } from '../../../../shared/setups/builtIn';
import { resolveSetup, withValues, type ResolvedSetup } from '../../../../shared/setups/resolve';
import { loadKernels } from '../../../workers/kernels';
import { plannerThreads } from '../../../workers/plannerThreads';
import { chooseTrainer } from '../../../workers/trainers';
import { apart } from './ourSearch';
import { closeAll, inTurn, type Contender } from './rounds';
import { statistics } from './timing';
import { parityOf, type BenchContext, type Parity, type WorkResult } from './work';

/** The work: population x steps x iterations, on the light cart-pole. */
const POPULATION = 400;
const HORIZON = 30;
const ITERATIONS = 5;

/** The same search through each kind of model. Weights and data do not change how long it takes. */
const cases: readonly {
  readonly model: string;
  readonly label: string;
  readonly settings: SettingValues;
  readonly priors: readonly Prior[];
}[] = [
  { model: 'physics', label: 'cart-pole equations', settings: {}, priors: [] },
  {
    model: 'gaussianProcess',
    label: 'Gaussian process, 200 points',
    settings: { points: 200, firstIterations: 0 },
    priors: ['integrates', 'placeFree', 'mirror'],
  },
  {
    model: 'ensemble',
    label: 'ensemble, 5 x (64, 64)',
    settings: { members: 5, widths: [64, 64], symmetry: 'none', firstSteps: 1 },
    priors: ['integrates', 'placeFree'],
  },
];

/** Time of one plan of CEM 400 x 30 x 5, the three models in turn, so that a busy moment of the machine hits all alike. */
export async function benchPlan(context: BenchContext): Promise<WorkResult> {
  const { threads, seed, world } = context;
  const resolved = resolveSetup(
    withValues(builtInSetups.light!, {
      'planner.population': POPULATION,
      'planner.iterations': ITERATIONS,
      'planner.horizon': HORIZON * 0.05,
    }),
  );
  const contenders: (Contender & { readonly label: string; readonly model: string })[] = [];
  const parity: Parity[] = [];
  for (const { model, label, settings, priors } of cases) {
    world.progress.report({ phase: 'bench plan', done: 0, total: context.rounds, unit: 'round' });
    const fitted = await modelFor(model, settings, priors, resolved, seed);
    const all = searchWith(fitted, resolved, threads);
    if (threads > 1) {
      const alone = searchWith(fitted, resolved, 1);
      parity.push(
        parityOf(
          `plan, ${label}: one thread and ${threads}`,
          apart(planOnce(alone.search, resolved, 1), planOnce(all.search, resolved, 1)),
          0,
        ),
      );
      await alone.close();
    }
    const name = !all.compiled ? 'reference' : loadKernels().fuses ? 'kernel fused' : 'kernel mul+add';
    contenders.push({
      name,
      threads,
      label,
      model,
      once: (time) => void planOnce(all.search, resolved, time + 1),
      close: () => all.close(),
    });
  }
  const measured = await inTurn('plan', contenders, context);
  await closeAll(contenders);
  const rows = measured.map(({ contender, rounds }, i) => ({
    work: 'plan',
    contender: contender.name,
    model: contenders[i]!.model,
    note: contenders[i]!.label,
    threads,
    ...statistics(rounds.flat()),
    ratioToOurs: 1,
    shareOfPeak: null,
  }));
  return { rows, ratios: [], parity };
}

/** Plans from hanging at rest. */
function planOnce(search: PlanSearch, { plant }: ResolvedSetup, id: number): Float64Array {
  const { actions } = search.plan({ id, step: id, state: plant.hanging(), queue: new Float64Array(0), wantsFan: false });
  if (actions === undefined) throw new Error('A planner that is measured found no plan.');
  return actions;
}

function searchWith(model: DynamicsModel, resolved: ResolvedSetup, threads: number) {
  const { plant, instance, planner, period, settings, setup, cost } = resolved;
  const pool = plannerThreads(threads, usualChoice(loadKernels().fuses ? 'fused' : 'portable'));
  pool.setSubject({ plant: setup.plant, plantSettings: settings.plant, model: model.save(), cost });
  const { horizon: _seconds, ...own } = settings.planner;
  const search = new PlanSearch({
    plant,
    instance,
    horizon: HORIZON,
    evaluator: pool,
    createPlanner: ({ imagination }) =>
      planner.create(
        { horizon: HORIZON, limit: instance.actionLimit, period, seed: setup.seed, imagination },
        own as SettingsOf<SettingsSchema>,
      ),
  });
  search.setModel(model);
  return { search, compiled: pool.compiled, close: () => pool.close() };
}

async function modelFor(
  model: string,
  settings: SettingValues,
  priors: readonly Prior[],
  resolved: ResolvedSetup,
  seed: number,
): Promise<DynamicsModel> {
  if (model === 'ensemble') await chooseTrainer('auto', 'auto');
  const { setup, period } = resolved;
  return runFit({
    plant: setup.plant,
    model,
    plantSettings: resolved.settings.plant,
    settings,
    priors,
    period,
    seed,
    data: await wanderings(resolved, seed),
  });
}

/** 200 transitions all over the state space, by the equations. */
async function wanderings({ plant, instance, period, settings, setup }: ResolvedSetup, seed: number): Promise<Transitions> {
  const nothing = { size: instance.size, count: 0, states: new Float64Array(0), actions: new Float64Array(0), nexts: new Float64Array(0) };
  const equations = await runFit({
    plant: setup.plant,
    model: 'physics',
    plantSettings: settings.plant,
    settings: {},
    priors: [],
    period,
    seed,
    data: nothing,
  });
  const random = randomStream(streamKey(seed, 0x62656e, 0, 0));
  const store = new TransitionStore(instance.size);
  for (let i = 0; i < 200; i++) {
    const state = Float64Array.from(plant.channels, ({ scale }) => scale * (2 * random.uniform() - 1));
    const action = instance.actionLimit * (2 * random.uniform() - 1);
    const next = state.slice();
    equations.predict(next, Float64Array.of(action), 1, -1);
    store.add(state, action, next);
  }
  return store.head(store.count);
}
