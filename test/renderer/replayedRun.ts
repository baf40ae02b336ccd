import type { RecordedMoment } from '../../src/shared/episodes/library';
import type { SetupDescription } from '../../src/shared/contract/contract';
import { decodePlanFrame, type PlanFrame } from '../../src/shared/episodes/planFrame';
import { RecordedHistory } from '../../src/renderer/state/recordedHistory';
import { recordedRun } from './scripted';

declare global {
  interface Window {
    /** The page of the two episodes, for the test that looks at it. */
    replayed: { seek(seconds: number): void; readonly cursor: number; readonly span: { readonly from: number; readonly to: number } };
  }
}

/** Two recorded episodes of a cart-pole: the planned one of the scripted run, with its plan, and the random one, as every second row. */
export function replayedRun(): {
  readonly setup: SetupDescription;
  readonly a: RecordedHistory;
  readonly b: RecordedHistory;
  readonly plan: PlanFrame;
  readonly seconds: number;
} {
  const { snapshot, plan } = recordedRun('light');
  const { setup } = snapshot;
  const [random, planned] = snapshot.history;
  const frame = decodePlanFrame(plan);
  const seconds = planned.times[planned.count - 1];
  const marks: RecordedMoment[] = [
    { time: 2.6, kind: 'upright', label: 'upright for good' },
    { time: 0.5, kind: 'setting', label: 'target 0.30' },
  ];
  const size = setup.channels.length;
  const a = new RecordedHistory(size, setup.costTerms.length, setup.period, marks);
  a.put(1, planned);
  const b = new RecordedHistory(size, setup.costTerms.length, setup.period);
  const second = <T extends Float64Array | Uint8Array>(column: T, width: number): T =>
    column.filter((_, i) => Math.floor(i / width) % 2 === 0) as T;
  b.put(2, {
    ...random,
    count: Math.ceil(random.count / 2),
    times: second(random.times, 1),
    states: second(random.states, size),
    chosen: second(random.chosen, 1),
    commands: second(random.commands, 1),
    applied: second(random.applied, 1),
    costs: second(random.costs, setup.costTerms.length),
    planMs: second(random.planMs, 1),
    latenessMs: second(random.latenessMs, 1),
    basis: second(random.basis, 1),
  });
  // the plan of the scripted run acts after its end; here it was made in the middle
  return { setup, a, b, plan: { ...frame, time: 0.5 * seconds }, seconds };
}
