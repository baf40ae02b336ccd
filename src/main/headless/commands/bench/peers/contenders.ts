import { entryFile } from '../../../../workers/fork';
import { farthest } from '../ourSearch';
import type { Contender } from '../rounds';
import { parityOf, type BenchContext, type Parity } from '../work';
import { programOf, type PeerKind } from './kinds';
import { packed, unpacked } from './numbers';
import { PeerFailed, PeerProcess, type PeerProgram } from './peerProcess';

/** What a library has to do, as it crosses to it; see resources/peers. */
export type PeerWork = Readonly<Record<string, unknown>> & { readonly work: string };

/** What a peer is checked by before it is timed. @returns how far off it is, relatively */
export type PeerCheck = (ask: PeerProcess) => Promise<number>;
/** 32 bits, each library with its own sine, cosine and exponential. */
export const PEER_COSTS_LIMIT = 1e-5;

/** Costs of the same actions, without noise. @param actions  [population × horizon] */
export const costsCheck =
  (actions: Float64Array, truth: Float64Array): PeerCheck =>
  async (peer) => {
    const { costs } = await peer.ask({ ask: 'costs', actions: packed(actions, [truth.length, actions.length / truth.length]) });
    return farthest(unpacked(costs, truth.length), truth);
  };
/** Losses of the first epochs, each over the same rows in the same order. */
export const lossesCheck =
  (truth: readonly number[]): PeerCheck =>
  async (peer) => {
    const { losses } = await peer.ask({ ask: 'losses' });
    if (!Array.isArray(losses)) return NaN;
    return farthest(Float64Array.from(losses as number[]), Float64Array.from(truth));
  };

export interface PeersAsked {
  /** For parity: `W1`. */
  readonly id: string;
  readonly kinds: readonly PeerKind[];
  readonly work: PeerWork;
  readonly check: PeerCheck;
  readonly what: 'costs' | 'losses';
  readonly limit: number;
}

/**
 * Starts the libraries that do a work, one after the other, and checks each before it may be timed: one whose numbers are
 * others is closed again, and its parity is not passed. Who is not there, or fails, is named in a warning and has no ratio.
 *
 * @param programFor  how a library is started, or why it cannot be
 */
export async function startPeers(
  { id, kinds, work, check, what, limit }: PeersAsked,
  { world, peers }: Pick<BenchContext, 'world' | 'peers'>,
  programFor: (kind: PeerKind) => PeerProgram | string = (kind) => programOf(kind, peers!, () => entryFile('onnxPeer')),
): Promise<{ readonly contenders: Contender[]; readonly parity: Parity[] }> {
  const contenders: Contender[] = [];
  const parity: Parity[] = [];
  if (peers === undefined) return { contenders, parity };
  for (const kind of kinds) {
    if (world.signal.aborted) break;
    const absent = (reason: string) => world.warn({ code: 'peerAbsent', text: `${id}: ${kind.name} is absent: ${reason}` });
    const program = programFor(kind);
    if (typeof program === 'string') {
      absent(`not installed. ${program}`);
      continue;
    }
    world.progress.report({ phase: `bench ${id}: ${kind.name}`, done: contenders.length, total: kinds.length, unit: 'peer' });
    try {
      const { peer, version } = await PeerProcess.start(program);
      try {
        const { form } = await peer.ask({ ...work, ask: 'prepare', asInstalled: kind.asInstalled });
        const same = parityOf(`${id}: ${what} of ${kind.name} against ${what === 'costs' ? 'float64' : 'ours'}`, await check(peer), limit);
        parity.push(same);
        if (same.passed) contenders.push(contenderOf(kind, version, String(form ?? ''), peer, absent));
        else await peer.close();
      } catch (error) {
        await peer.close();
        throw error;
      }
    } catch (error) {
      if (!(error instanceof PeerFailed)) throw error;
      const lacking = /ModuleNotFound|ImportError|Cannot find module/.test(error.message);
      absent(lacking ? `not installed. ${error.message}` : error.message);
    }
  }
  return { contenders, parity };
}

function contenderOf(
  { name, note, threads }: PeerKind,
  version: string,
  form: string,
  peer: PeerProcess,
  absent: (why: string) => void,
): Contender {
  let gone = false;
  const askUnlessGone = async (question: Readonly<Record<string, unknown>>, otherwise: number): Promise<number> => {
    if (gone) return otherwise;
    try {
      return await peer.number(question, 'milliseconds');
    } catch (error) {
      if (!(error instanceof PeerFailed)) throw error;
      gone = true;
      absent(error.message);
      return otherwise;
    }
  };
  return {
    name,
    note: [version, form, note].filter((part) => part !== '').join('; '),
    threads,
    once: (time) => askUnlessGone({ ask: 'once', time }, NaN),
    spentElsewhere: () => askUnlessGone({ ask: 'spent' }, 0),
    close: () => peer.close(),
  };
}
