import { tryLoop, type LoopTrialFigures } from '../../../workbench/loopTrial';
import { forkControl, spawnLearner } from '../../../workers/fork';
import { aligned } from '../fit/errors';
import type { BenchContext, WorkResult } from './work';

interface JitterRow extends LoopTrialFigures {
  readonly hertz: number;
  readonly training: boolean;
}

/** The loop at 100 Hz with nothing beside it, then with training and drawing: the first tells what the machine can do. */
export async function benchJitter({ watch, world }: BenchContext): Promise<WorkResult> {
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
  return { rows: [], ratios: [], parity: [], extra: { jitter: rows.map(finite) }, text: jitterTable(rows) };
}

/** A figure that does not exist is null in a document. */
const finite = <T>(value: T): unknown =>
  typeof value === 'number' && !Number.isFinite(value)
    ? null
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, finite(part)]))
      : value;

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
