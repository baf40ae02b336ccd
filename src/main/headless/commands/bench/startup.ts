import { aligned } from '../fit/errors';
import { kernelContenders } from './kernelChoices';
import { W1 } from './networkWorks';
import { ourSearch } from './ourSearch';
import { START } from './sizes';
import { randomNetworks } from './subjects';
import { median, rounded } from './timing';
import type { BenchContext, WorkResult } from './work';

/** How soon a plan is there: threads and kernels made ready, the first plans (the engine has not optimised yet), then the rest. */
export async function benchStartup({ threads, seed, watch, world }: BenchContext): Promise<WorkResult> {
  const { size, members, widths, noise } = W1;
  const model = randomNetworks(members, widths, seed).saved;
  const propagation = { members: 'toTheEnd', particles: members, noise } as const;
  await watch.calm();
  const took = (work: () => void): number => {
    const from = world.now();
    work();
    return world.now() - from;
  };
  const from = world.now();
  const search = ourSearch({ ...kernelContenders(threads)[0]!, size, model, start: START, seed, propagation });
  const readyMs = rounded(world.now() - from);
  const firstPlanMs = rounded(took(() => void search.once(1)));
  const secondPlanMs = rounded(took(() => void search.once(2)));
  const rest = Array.from({ length: 20 }, (_, i) => took(() => void search.once(i + 3)));
  await search.close?.();
  const startup = { contender: search.name, threads, readyMs, firstPlanMs, secondPlanMs, steadyMs: rounded(median(rest.slice(5))) };
  return {
    rows: [],
    ratios: [],
    parity: [],
    extra: { startup },
    text: aligned(
      [
        ['start', 'ready ms', 'first plan ms', 'second', 'steady'],
        [search.name, ...[startup.readyMs, firstPlanMs, secondPlanMs, startup.steadyMs].map(String)],
      ],
      1,
    ),
  };
}
