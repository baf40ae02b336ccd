import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomNetworks } from './subjects';
import { kernelContenders } from './kernelChoices';
import { W1, type NetworkWork } from './networkWorks';
import { apart, ourSearch } from './ourSearch';
import { PeerFailed, PeerProcess, type PeerProgram } from './peers/peerProcess';
import { closeAll, inTurn, ratiosWithin, rowsOf, type Contender } from './rounds';
import { START, stepsOf } from './sizes';
import { rounded } from './timing';
import { parityOf, type BenchContext, type WorkResult } from './work';

const ID = 'Chromium';

/**
 * The same kernels in a browser beside this Node: W1 in workers of an isolated page that share memory. The portable kernels
 * make the same bits in both.
 *
 * @param program  opens the page and answers a line of JSON for each; a sentence where there is none
 */
export async function benchBrowser(
  context: BenchContext,
  { size, members, widths, noise }: NetworkWork = W1,
  program: PeerProgram | string = browserProgram(),
): Promise<WorkResult> {
  const { threads, seed, world } = context;
  const absent = (reason: string): WorkResult => {
    world.warn({ code: 'peerAbsent', text: `${ID} is absent: ${reason}` });
    return { rows: [], ratios: [], parity: [] };
  };
  if (typeof program === 'string') return absent(`not installed. ${program}`);
  let peer: PeerProcess | undefined;
  try {
    const started = await PeerProcess.start(program);
    peer = started.peer;
    const { runners } = await peer.ask({ ask: 'prepare', size, members, widths, noise, seed, threads });
    const page = peer;
    const inPage = (runners as readonly { readonly name: string; readonly threads: number }[]).map(
      ({ name, threads: count }, runner): Contender => ({
        name: `${name} in ${ID}`,
        note: started.version,
        threads: count,
        once: (time) => page.number({ ask: 'once', runner, time }, 'milliseconds'),
        ...(runner === 0 ? { spentElsewhere: () => page.number({ ask: 'spent' }, 'milliseconds') } : {}),
      }),
    );
    const model = randomNetworks(members, widths, seed).saved;
    const propagation = { members: 'toTheEnd', particles: members, noise } as const;
    const ours = kernelContenders(threads).map((kind) => ourSearch({ ...kind, size, model, start: START, seed, propagation }));
    const { actions } = await page.ask({ ask: 'plan', runner: inPage.length - 1, id: 3 });
    const same = apart(ours.at(-1)!.plan(3), Float64Array.from(actions as number[]));
    const gigaflops = await page.number({ ask: 'peak' }, 'gigaflops');
    const measured = await inTurn(ID, [...ours, ...inPage], context);
    await closeAll(ours);
    const { rows } = rowsOf(ID, measured, { steps: stepsOf(size) * members });
    return {
      rows,
      ratios: [{ work: ID, against: 'this Node', threads, samples: ratiosWithin(measured[0]!, measured[ours.length]!) }],
      parity: [parityOf(`${ID}: plans of kernel mul+add in ${started.version} and here`, same, 0)],
      extra: { chromium: { version: started.version, peak: { unit: 'GFLOP/s', threads1: rounded(gigaflops) } } },
    };
  } catch (error) {
    if (error instanceof PeerFailed) return absent(error.message);
    throw error;
  } finally {
    await peer?.close();
  }
}

/** The script of the clone around this program; an installed program has none. */
function browserProgram(): PeerProgram | string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const script = join(folder, 'scripts/browserPeer.mjs');
    if (existsSync(script)) return { command: process.execPath, args: [script] };
  }
  return 'It needs a clone, whose development packages have a browser.';
}
