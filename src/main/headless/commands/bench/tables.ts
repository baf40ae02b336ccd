import { aligned } from '../fit/errors';
import type { BenchRow } from './timing';
import type { Parity, Ratio } from './work';

export const rowTable = (rows: readonly BenchRow[]): string =>
  table(
    ['work', 'contender', 'threads', 'median ms', '99 % ms', 'least ms', 'samples', 'M steps/s', '% of peak', 'times ours', ''],
    rows.map(
      ({ work, contender, threads, medianMs, p99Ms, minMs, samples, millionStepsPerSecond, shareOfPeak, ratioToOurs, note = '' }) => [
        work,
        contender,
        ...[threads, medianMs, p99Ms, minMs, samples].map(String),
        millionStepsPerSecond === undefined ? '-' : String(millionStepsPerSecond),
        shareOfPeak === null ? '-' : (100 * shareOfPeak).toFixed(1),
        String(ratioToOurs),
        note,
      ],
    ),
  );

export const ratioTable = (ratios: readonly Ratio[]): string =>
  table(
    ['goal', 'work', 'against', 'value', 'spread', 'floor', 'wanted', ''],
    ratios.map(({ id, work, against, value, spread, floor, goal, gated, passed }) => [
      id,
      work,
      against,
      ...[value, spread, floor, goal].map(String),
      !gated ? 'not held to it here' : passed ? 'passed' : 'lost',
    ]),
  );

export const parityTable = (parity: readonly Parity[]): string =>
  table(
    ['the same numbers', 'apart', 'limit', ''],
    parity.map(({ what, value, limit, passed }) => [
      what,
      value?.toExponential(1) ?? 'no number',
      String(limit),
      passed ? 'passed' : 'not passed',
    ]),
  );

/** The last column is text and stands at the left of its place. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const all = [head, ...rows];
  const lines = aligned(
    all.map((cells) => cells.slice(0, -1)),
    all[0]!.findIndex((cell) => MEASURED.has(cell)),
  ).split('\n');
  const width = Math.max(...lines.map((line) => line.length));
  return lines.map((line, i) => `${line.padEnd(width)}  ${all[i]!.at(-1)!}`.trimEnd()).join('\n');
}
/** Heads of the first columns of numbers. */
const MEASURED = new Set(['threads', 'value', 'apart']);
