// Plans in a browser as `upright bench` does under Node; asked by the page, answered by messages.
import { tune } from '../../../../../shared/rollouts/kernels/tuner';
import { usualChoice, type KernelSource } from '../../../../../shared/rollouts/kernels/source';
import { fetchKernels } from '../../../../workers/web/kernels';
import { webPlannerThreads } from '../../../../workers/web/plannerThreads';
import { scope } from '../../../../workers/web/scope';
import { pooledSearch } from '../pooledSearch';
import { START, type SearchSize } from '../sizes';
import { randomNetworks, subjectOf } from '../subjects';

/** What the page is asked, after `ask`. */
export interface BrowserWork {
  readonly size: SearchSize;
  readonly members: number;
  readonly widths: readonly number[];
  readonly noise: boolean;
  readonly seed: number;
  readonly threads: number;
}
interface Runner {
  readonly name: string;
  readonly threads: number;
  plan(id: number): Float64Array;
}
/** Of one call of the peak's kernel: 12 chains × 4 multiply-adds × 4 lanes × 2, so many rounds. */
const PEAK_ROUNDS = 200_000;
const PEAK_OPERATIONS = PEAK_ROUNDS * 12 * 4 * 4 * 2;

// asked for before they are there: what is posted to a worker that waits at its top is lost
const fetched = fetchKernels();
let runners: readonly Runner[] = [];

scope.onmessage = ({ data }) => {
  void answer(data as Readonly<Record<string, unknown>>).then(
    (fields) => scope.postMessage(fields),
    (error: unknown) => scope.postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
};

async function answer(question: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
  const kernels = await fetched;
  if (question.ask === 'prepare') {
    runners = await prepare(question as unknown as BrowserWork, kernels);
    return { runners: runners.map(({ name, threads }) => ({ name, threads })), fuses: kernels.fuses };
  }
  if (question.ask === 'peak') return { gigaflops: peak(kernels) };
  const { plan } = runners[question.runner as number]!;
  if (question.ask === 'plan') return { actions: [...plan(question.id as number)] };
  const began = performance.now();
  plan(question.time as number);
  return { milliseconds: performance.now() - began };
}

/** The fastest kernels on all threads and on one, and the portable ones on all. */
async function prepare({ size, members, widths, noise, seed, threads }: BrowserWork, kernels: KernelSource): Promise<Runner[]> {
  const model = randomNetworks(members, widths, seed).saved;
  const propagation = { members: 'toTheEnd', particles: members, noise } as const;
  const { choice } = tune(subjectOf(model, propagation), kernels, () => performance.now());
  const portable = usualChoice('portable');
  const kinds = [
    { name: choice.arithmetic === 'fused' ? 'kernel fused' : 'kernel mul+add', threads, choice },
    { name: 'kernel fused', threads: 1, choice },
    { name: 'kernel mul+add', threads, choice: portable },
  ];
  const made: Runner[] = [];
  for (const kind of kinds) {
    const { pool, hold } = await webPlannerThreads(kind.threads, kernels, kind.choice);
    const { plan } = pooledSearch({ size, model, propagation, start: START, seed }, pool);
    plan(1);
    if (pool.fault !== '') throw new Error(pool.fault);
    hold();
    made.push({ name: kind.name, threads: kind.threads, plan });
  }
  return made;
}

/** The best of several: what one thread can do in 128-bit vectors here. */
function peak(kernels: KernelSource): number {
  const module = kernels.module('peak', kernels.fuses ? 'fused' : 'portable');
  const chains = new WebAssembly.Instance(module, {}).exports['chains'] as (rounds: number, factor: number, addend: number) => number;
  let least = Infinity;
  for (let i = 0; i < 12; i++) {
    const began = performance.now();
    chains(PEAK_ROUNDS, 0.999, 0.001);
    least = Math.min(least, performance.now() - began);
  }
  return PEAK_OPERATIONS / least / 1e6;
}
