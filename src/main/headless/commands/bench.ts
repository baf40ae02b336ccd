import { peakChain, type PeakChain } from '../../workers/peakChain';
import { defineCommand } from '../command';
import { switchFlag, whole } from '../flags';
import { benchAllocation } from './bench/allocation';
import { goals, holdsPeers, judge, lost } from './bench/goals';
import { benchJitter } from './bench/jitter';
import { machineOf, QuietWatch } from './bench/machine';
import { benchNetwork, W1, W1wide, W2 } from './bench/networkWorks';
import { peakFigures } from './bench/peak';
import { benchBrowser } from './bench/browser';
import { peerFolder, peerPrograms } from './bench/peers/peerFolder';
import { benchPlan } from './bench/plan';
import { benchScaling } from './bench/scaling';
import { benchEquations, benchProcess } from './bench/searchWorks';
import { benchStartup } from './bench/startup';
import { parityTable, ratioTable, rowTable } from './bench/tables';
import { benchTraining } from './bench/trainingWork';
import type { BenchContext, WorkResult } from './bench/work';

/** What can be measured, in the order in which it is. */
export const benchWorks: Readonly<Record<string, (context: BenchContext) => Promise<WorkResult>>> = {
  W1: (context) => benchNetwork(W1, context),
  W1wide: (context) => benchNetwork(W1wide, context),
  W2: (context) => benchNetwork(W2, context),
  W3: (context) => benchEquations(context),
  W4: (context) => benchTraining(context),
  GP: (context) => benchProcess(context),
  plan: benchPlan,
  scaling: benchScaling,
  jitter: benchJitter,
  startup: benchStartup,
  allocation: benchAllocation,
};

/** @param works  by their names */
export function benchCommandOf(
  works: typeof benchWorks,
  startPeak: (threads: number) => PeakChain | undefined,
  newWatch = () => new QuietWatch(),
) {
  const names = Object.keys(works);
  return defineCommand({
    name: 'bench',
    purpose: 'Measures how fast plans and trainings are here, beside other ways to the same; and how punctual the loop is.',
    arguments: [{ name: 'WORK', meaning: 'What to measure; all without any.', least: 0, most: names.length, choices: names }],
    flags: {
      rounds: whole({
        unit: '',
        min: 1,
        max: 10_000,
        default: 10,
        meaning: 'Rounds in which the contenders take turns. When given, W1 and W4 also show tfjs-cpu, which takes half a minute.',
      }),
      peers: switchFlag({ meaning: 'Also libraries of others, as far as `npm run bench:peers` has brought them.' }),
      browser: switchFlag({ meaning: 'Also W1 in headless Chromium, in threads that share memory; in a clone.' }),
      check: switchFlag({ meaning: 'End with 1 when a ratio is below its floor by more than its spread.' }),
    },
    example: 'upright bench W1 --check',
    notes: [
      'W1: CEM 400 x 30 x 5 through an ensemble of 5 probabilistic networks 6-64-64-8. W1wide: the same, 3 layers of 200. W2: one network, no noise. W3: CEM 1000 x 50 x 5 through the cart-pole’s equations. W4: an epoch of 10,000 transitions for the ensemble. GP: CEM 480 x 24 x 5 through a Gaussian process of 200 points.',
      'plan: one plan as the setups make it, through the equations, a Gaussian process and an ensemble. scaling: how time grows with population, horizon and members. jitter: lateness of the control loop at 100 Hz, idle and while the ensemble trains and pictures are drawn. startup: how soon the first plan is there. allocation: bytes that a plan leaves to the collector.',
      '"plain TypeScript" is what one writes first: loops over one row at a time. "reference" is our own plain TypeScript, which works on many rows at a time. A ratio is formed within a round, then its median is taken. Share of peak counts matrix products alone, against a chain of 128-bit multiply-adds measured in the same rounds.',
      '--peers: libraries are processes of their own, each checked against float64 and then asked in turn within each round; shown as installed and in the best form that is known. Who is absent has no row and no ratio. Their floors hold on two cores of x64 with AVX2.',
      'Two threads unless --threads says otherwise. A machine on which others compute meanwhile is called not quiet; its figures are worth little and are held to no floor.',
    ],
    async run({ arguments: asked, flags, given, world }) {
      const wanted = names.filter((name) => asked.length === 0 || asked.includes(name));
      const threads = given.has('threads') ? world.threads : Math.min(2, world.threads);
      const watch = newWatch();
      await watch.calm();
      const chain = startPeak(threads);
      const peak = peakFigures(chain, threads, world);
      const peers = flags.peers ? { peers: peerPrograms(peerFolder(world.home)) } : {};
      const context = {
        world,
        threads,
        rounds: flags.rounds,
        seed: flags.seed,
        watch,
        thorough: given.has('rounds') && !flags.peers,
        peak: chain,
        ...peers,
      };
      const results: WorkResult[] = [];
      for (const name of wanted) if (!world.signal.aborted) results.push(await works[name]!(context));
      if (flags.browser && !world.signal.aborted) results.push(await benchBrowser(context));
      await chain?.close();

      const machine = machineOf(watch);
      if (!machine.quiet)
        world.warn({
          code: 'notQuiet',
          text: 'Other programs computed meanwhile: these figures are upper bounds at best, and held to no floor.',
        });
      const rows = results.flatMap((result) => result.rows);
      const parity = results.flatMap((result) => result.parity);
      const ratios = judge(
        results.flatMap((result) => result.ratios),
        machine.quiet,
        goals,
        holdsPeers(machine),
      );
      const below = lost(ratios);
      if (flags.check) for (const text of below) world.warn({ code: 'belowFloor', text });
      const extra = Object.assign({}, ...results.map((result) => result.extra ?? {})) as Readonly<Record<string, unknown>>;
      return {
        exit: parity.every(({ passed }) => passed) && !(flags.check && below.length > 0) ? 0 : 1,
        document: { machine, peak, rows, ratios, parity, ...extra },
        text: [rowTable(rows), ratioTable(ratios), parityTable(parity), ...results.map((result) => result.text ?? '')]
          .filter((table) => table !== '')
          .join('\n\n'),
      };
    },
  });
}

export const benchCommand = benchCommandOf(benchWorks, peakChain);
