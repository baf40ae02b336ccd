import { constantVelocity, meanOf, nothingMoves, openLoopErrors } from '../../../../shared/diagnostics/openLoopError';
import type { DynamicsModel } from '../../../../shared/models/model';
import type { Plant } from '../../../../shared/plants/plant';
import type { GridStretch } from '../../../../shared/recordings/grid';

/** One row of `errors`: a model on a file at a horizon, beside the two trivial baselines. */
export interface ErrorRow {
  readonly model: string;
  readonly file: string;
  readonly steps: number;
  readonly seconds: number;
  readonly angleRmse: number | null;
  readonly nothingMovesRmse: number | null;
  readonly constantVelocityRmse: number | null;
  readonly starts: number;
  readonly diverged: number;
  readonly channel: string;
}
/** A file that is predicted, on the grid. */
export interface Tested {
  readonly file: string;
  readonly stretches: readonly GridStretch[];
}

/** Errors of one model on all files, in the order of files and horizons. */
export function errorRows(id: string, model: DynamicsModel, files: readonly Tested[], steps: readonly number[], plant: Plant): ErrorRow[] {
  return files.flatMap(({ file, stretches }) => {
    const errors = openLoopErrors(meanOf(model), stretches, steps, plant);
    const still = openLoopErrors(nothingMoves, stretches, steps, plant);
    const straight = openLoopErrors(constantVelocity(plant, model.period), stretches, steps, plant);
    return errors.map(({ channel, steps: horizon, angleRmse, starts, diverged }, i) => ({
      model: id,
      file,
      steps: horizon,
      seconds: Number((horizon * model.period).toPrecision(12)),
      angleRmse: angleRmse ?? null,
      nothingMovesRmse: still[i]!.angleRmse ?? null,
      constantVelocityRmse: straight[i]!.angleRmse ?? null,
      starts,
      diverged,
      channel,
    }));
  });
}

/** The k-step table: one row per model, file and horizon. */
export function errorTable(rows: readonly ErrorRow[]): string {
  const severalChannels = new Set(rows.map(({ channel }) => channel)).size > 1;
  const shown = (value: number | null) => (value === null ? '-' : value.toFixed(4));
  const table = [
    [
      'model',
      'file',
      ...(severalChannels ? ['channel'] : []),
      'steps',
      'seconds',
      'RMSE rad',
      'nothing moves',
      'constant velocity',
      'starts',
      'diverged',
    ],
    ...rows.map((row) => [
      row.model,
      row.file,
      ...(severalChannels ? [row.channel] : []),
      String(row.steps),
      String(row.seconds),
      shown(row.angleRmse),
      shown(row.nothingMovesRmse),
      shown(row.constantVelocityRmse),
      String(row.starts),
      String(row.diverged),
    ]),
  ];
  return aligned(table, severalChannels ? 3 : 2);
}

/** Columns side by side, the first `left` of them flush left. */
export function aligned(table: readonly (readonly string[])[], left: number): string {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => (column < left ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
