import type { SavedModel } from '../../../../shared/models/model';
import type { TunedShape } from '../../../../shared/rollouts/kernels/tuner';
import { builtInSetups } from '../../../../shared/setups/builtIn';
import { withValues } from '../../../../shared/setups/resolve';
import type { Setup } from '../../../../shared/setups/setup';
import { LivePlanner } from '../../../workers/plannerThreads';
import { aligned } from '../fit/errors';
import { W1 } from './networkWorks';
import { START } from './sizes';
import { COST, PLANT_SETTINGS, randomNetworks } from './subjects';
import { median, rounded } from './timing';
import type { BenchContext, WorkResult } from './work';

const PLANS = 20;
/** Threads that nobody waits for are there after this. */
const MEANWHILE_MS = 1_000;

interface Startup {
  readonly start: string;
  /** What rolled out. */
  readonly engine: string;
  readonly threads: number;
  /** What the tuner measured. */
  readonly tuned: readonly TunedShape[];
  /** From the first message to threads that have their kernels, the fastest of them, and warm code. */
  readonly readyMs: number;
  readonly firstPlanMs: number;
  readonly secondPlanMs: number;
  readonly steadyMs: number;
}

/**
 * How soon a plan is there, in the planner threads of a live run, with the search of W1: from no thread at all; where the
 * threads were started while nobody waited, as when a setup is chosen, and a model is the last thing to come; and where the
 * fastest kernel is known from an earlier run.
 */
export async function benchStartup({ threads, seed, watch, world }: BenchContext): Promise<WorkResult> {
  const model = randomNetworks(W1.members, W1.widths, seed).saved;
  const now = () => world.now();
  await watch.calm();
  const startup: Startup[] = [
    await startOf('from nothing', { model, threads, tuned: [], meanwhileMs: 0, now }),
    await startOf('threads are there', { model, threads, tuned: [], meanwhileMs: MEANWHILE_MS, now }),
  ];
  const { tuned } = startup.at(-1)!;
  startup.push(await startOf('and the tuner’s choice is known', { model, threads, tuned, meanwhileMs: MEANWHILE_MS, now }));
  return {
    rows: [],
    ratios: [],
    parity: [],
    extra: { startup },
    text: aligned(
      [
        ['start', 'ready ms', 'first plan ms', 'second', 'steady', 'engine'],
        ...startup.map(({ start, readyMs, firstPlanMs, secondPlanMs, steadyMs, engine }) => [
          start,
          ...[readyMs, firstPlanMs, secondPlanMs, steadyMs].map(String),
          engine,
        ]),
      ],
      1,
    ),
  };
}

interface Circumstances {
  readonly model: SavedModel;
  readonly threads: number;
  /** What the tuner found in earlier runs. */
  readonly tuned: readonly TunedShape[];
  /** Time between the choice of a setup and its first model. */
  readonly meanwhileMs: number;
  now(): number;
}
async function startOf(start: string, { model, threads, tuned, meanwhileMs, now }: Circumstances): Promise<Startup> {
  let from = now();
  const planner = new LivePlanner();
  planner.post({ kind: 'prepare', setup: SETUP, threads, tuned });
  if (meanwhileMs > 0) {
    await new Promise((done) => setTimeout(done, meanwhileMs));
    from = now();
  }
  planner.configure(SETUP, threads, W1.size.horizon);
  planner.post({ kind: 'model', model, plantSettings: PLANT_SETTINGS, cost: COST });
  const plans: number[] = [];
  let readyMs = 0;
  let engine = '';
  for (let id = 1; id <= PLANS; id++) {
    planner.post({
      kind: 'plan',
      id,
      step: id,
      time: 0,
      state: START,
      queue: new Float64Array(0),
      wantsPicture: false,
      until: Infinity,
    });
    const answer = await planner.answer();
    if (id === 1) readyMs = now() - from - answer.ms;
    engine = answer.engine;
    plans.push(answer.ms);
  }
  await planner.close();
  const [first, second, ...rest] = plans as [number, number, ...number[]];
  return {
    start,
    engine,
    threads,
    tuned: planner.tuned,
    readyMs: rounded(readyMs),
    firstPlanMs: rounded(first),
    secondPlanMs: rounded(second),
    steadyMs: rounded(median(rest)),
  };
}

const SETUP: Setup = withValues(
  { ...builtInSetups.light!, model: 'ensemble', planner: 'cem' },
  {
    'planner.horizon': W1.size.horizon * 0.05, // seconds; the period of this setup
    'planner.population': W1.size.population,
    'planner.iterations': W1.size.iterations,
    'planner.eliteShare': W1.size.elites / W1.size.population,
    'planner.sampleNoise': W1.noise,
    'planner.warmStart': false,
  },
);
