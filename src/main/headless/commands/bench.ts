import { tryLoop, type LoopTrialFigures } from '../../workbench/loopTrial';
import { forkControl, spawnLearner } from '../../workers/fork';
import { defineCommand, type World } from '../command';
import { whole } from '../flags';
import { machineOf, QuietWatch } from './bench/machine';
import { benchPlan } from './bench/plan';
import { aligned } from './fit/errors';

const works = ['plan', 'jitter'] as const;

export const benchCommand = defineCommand({
  name: 'bench',
  purpose: 'Measures the time of a plan, and how punctual the loop is while a network trains.',
  arguments: [{ name: 'WORK', meaning: 'What to measure; all without any.', least: 0, most: works.length, choices: works }],
  flags: {
    rounds: whole({ unit: '', min: 1, max: 10_000, default: 10, meaning: 'Samples of each contender, taken in turn.' }),
  },
  example: 'upright bench plan',
  notes: [
    'plan: one plan of CEM 400 x 30 x 5 on the light cart-pole through its equations, a Gaussian process of 200 points and an ensemble of 5 x (64, 64). jitter: lateness of the control loop at 100 Hz, idle and while the ensemble trains and pictures are drawn.',
    'Two threads unless --threads says otherwise. A machine on which others compute meanwhile is called not quiet; its figures are worth little.',
  ],
  async run({ arguments: asked, flags, given, world }) {
    const wanted = asked.length === 0 ? works : works.filter((work) => asked.includes(work));
    const threads = given.has('threads') ? world.threads : Math.min(2, world.threads);
    const watch = new QuietWatch();
    await watch.look(400);
    const plan = wanted.includes('plan') ? await benchPlan(threads, flags.rounds, flags.seed, watch, world) : undefined;
    const jitter = wanted.includes('jitter') ? await benchJitter(watch, world) : undefined;
    const machine = machineOf(watch);
    if (!machine.quiet)
      world.warn({ code: 'notQuiet', text: 'Other programs computed meanwhile: these figures are upper bounds at best.' });
    const parity =
      plan === undefined
        ? []
        : [{ what: 'plans of one thread and of all', value: plan.threadDifference, limit: 0, passed: plan.threadDifference === 0 }];
    return {
      exit: parity.every(({ passed }) => passed) ? 0 : 1,
      document: { machine, peak: null, rows: plan?.rows ?? [], ratios: [], parity, jitter: (jitter ?? []).map(finite) },
      text: [...(plan === undefined ? [] : [planTable(plan.rows)]), ...(jitter === undefined ? [] : [jitterTable(jitter)])].join('\n\n'),
    };
  },
});

interface JitterRow extends LoopTrialFigures {
  readonly hertz: number;
  readonly training: boolean;
}

/** The loop at 100 Hz with nothing beside it, then with training and drawing: the first tells what the machine can do. */
async function benchJitter(watch: QuietWatch, world: World): Promise<JitterRow[]> {
  const rows: JitterRow[] = [];
  for (const training of [false, true]) {
    world.progress.report({ phase: 'bench jitter', done: rows.length, total: 2, unit: 'run' });
    await watch.look();
    if (world.signal.aborted) break;
    rows.push({
      hertz: 100,
      training,
      ...(await tryLoop({ hertz: 100, seconds: 10, training, pictures: training }, { forkControl, spawnLearner })),
    });
  }
  return rows;
}

/** A figure that does not exist is null in a document. */
const finite = <T>(value: T): unknown =>
  typeof value === 'number' && !Number.isFinite(value)
    ? null
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, finite(part)]))
      : value;

const planTable = (rows: Awaited<ReturnType<typeof benchPlan>>['rows']) =>
  aligned(
    [
      ['plan through', 'contender', 'threads', 'median ms', '99 % ms', 'least ms', 'samples'],
      ...rows.map(({ label, contender, threads, medianMs, p99Ms, minMs, samples }) => [
        label,
        contender,
        ...[threads, medianMs, p99Ms, minMs, samples].map(String),
      ]),
    ],
    2,
  );

const jitterTable = (rows: readonly JitterRow[]) =>
  aligned(
    [
      ['loop', 'beside it', 'periods', 'late', 'median ms', '99 % ms', '99.9 % ms', 'most ms', 'plan ms'],
      ...rows.map(({ hertz, training, periods, late, latenessMs, planMs }) => [
        `${hertz} Hz`,
        training ? 'training, pictures' : 'nothing',
        ...[periods, late].map(String),
        ...[latenessMs.p50, latenessMs.p99, latenessMs.p999, latenessMs.max, planMs.p50].map((value) =>
          Number.isFinite(value) ? value.toFixed(2) : '-',
        ),
      ]),
    ],
    2,
  );
