import { setImmediate } from 'node:timers/promises';
import type { EpisodeSink } from '../../../shared/episodes/record';
import * as plants from '../../../shared/plants';
import type { Plant } from '../../../shared/plants/plant';
import { FileRefused } from '../../../shared/recordings/refusal';
import { setupOfPlant } from '../../../shared/setups/builtIn';
import { episodeHeader } from '../../../shared/setups/episodeHeader';
import { resolveSetup, withValues } from '../../../shared/setups/resolve';
import { compileCost } from '../../../shared/tasks/cost';
import type { Listener } from '../convert/readTable';
import type { Table } from '../tables/table';

/** How far a row may lie from the grid, as a share of the period. */
const JITTER = 0.05;
/** Rows that are written before others have their turn: some ms. */
const ROWS_A_TURN = 500;
const TIME = 'time';
const ACTION = 'action';

/**
 * A table in the plain form of the house as an episode: `time` in s, the channels of a plant under their ids, and `action`, the
 * one that acted from a row on. Nothing ran here: no plan, no truth, one reading a period, and the costs are those of the plant's
 * built-in task.
 *
 * @param path  of the table, for errors
 * @param sink  takes the episode in
 * @returns     what of the table has no place in an episode, a sentence each
 * @throws FileRefused in words, before anything was handed to the sink; what the signal says when it is aborted
 */
export async function episodeFromTable(
  path: string,
  table: Table,
  sink: EpisodeSink,
  written: { readonly software: string; readonly startedAt: string },
  { signal, onProgress }: Listener = {},
): Promise<string[]> {
  const refuse = (what: string, remedy: string): never => {
    throw new FileRefused(path, 'form', what, remedy);
  };
  const numbers = new Map(table.columns.flatMap((column) => (column.kind === 'number' ? [[column.name, column] as const] : [])));
  const known = plantOf(new Set(numbers.keys()));
  if (known === undefined)
    return refuse(
      `its columns of numbers (${[...numbers.keys()].slice(0, 8).join(', ') || 'none'}) are not ${TIME}, ${ACTION} and the channels of a plant (${Object.values(
        plants,
      )
        .map(({ channels }) => channels.map(({ id }) => id).join(', '))
        .join('; or ')})`,
      'Rename the columns in the file, or fit it with a mapping: `upright fit`.',
    );
  const [id, plant] = known;
  const wanted = [TIME, ...plant.channels.map((channel) => channel.id), ACTION];
  for (const name of wanted) {
    const column = numbers.get(name)!;
    const row = column.values.findIndex((value, i) => column.missing?.[i] === 1 || !Number.isFinite(value));
    if (row >= 0) return refuse(`row ${row + 1} has no finite number for "${name}"`, 'Correct the row, or leave rows without numbers out.');
  }
  const times = numbers.get(TIME)!.values;
  if (table.rows < 2) return refuse('a single row is no episode', 'Give a table of two rows and more.');
  const period = periodOf(times, refuse);
  const base = setupOfPlant(id)!;
  const setup = withValues(base, { 'loop.period': period });
  const resolved = resolveSetup(setup);
  const cost = compileCost(resolved.cost, resolved.plant, resolved.instance);
  const states = plant.channels.map((channel) => numbers.get(channel.id)!.values);
  const actions = numbers.get(ACTION)!.values;
  const places = plant.structure.coordinates.map(({ position }) => position);
  const seconds = times[table.rows - 1]! - times[0]!;
  sink.begin(episodeHeader(resolved, 0, { seconds, randomSeconds: 0, replan: 'everyPeriod' }, { ...written, rig: 'imported' }));
  const costs = new Float64Array(cost.labels.length);
  for (let row = 0; row < table.rows; row++) {
    if (row % ROWS_A_TURN === 0) {
      onProgress?.({ phase: 'write', done: row, total: table.rows, unit: 'row' });
      await setImmediate();
      signal?.throwIfAborted();
    }
    const state = Float64Array.from(states, (values) => values[row]!);
    const applied = row === 0 ? 0 : actions[row - 1]!;
    cost.stageTerms(state, applied, row < 2 ? 0 : actions[row - 2]!, costs);
    const time = times[row]! - times[0]!;
    sink.period({
      step: row,
      time,
      rigTime: times[row]!,
      hostTime: 1000 * time,
      positions: places.map((channel) => state[channel]!),
      applied,
      state: Array.from(state),
      costs: Array.from(costs),
      explore: false,
      hasModel: false,
      ...(row === table.rows - 1
        ? {}
        : {
            decided: {
              chosen: actions[row]!,
              sent: actions[row]!,
              basis: 'given',
              verdict: 'passed',
              planAge: -1,
              allowed: true,
              planMs: null,
              latenessMs: null,
            },
          }),
    });
  }
  sink.event({ step: table.rows - 1, kind: 'end', text: 'The table ended.' });
  sink.end();
  const left = table.columns.map(({ name }) => name).filter((name) => !wanted.includes(name));
  const last = actions[table.rows - 1]!;
  return [
    ...(left.length === 0
      ? []
      : [`Columns that an episode has no place for are left out (${left.slice(0, 8).join(', ')}${left.length > 8 ? ', …' : ''}).`]),
    ...(last === 0 ? [] : [`The action of the last row (${last}) acted on nothing that the table tells of.`]),
  ];
}

/** Of the plants that the columns can be of, the one with most channels. */
function plantOf(names: ReadonlySet<string>): readonly [id: string, plant: Plant] | undefined {
  return Object.entries(plants as Readonly<Record<string, Plant>>)
    .filter(([, { channels }]) => [TIME, ACTION, ...channels.map(({ id }) => id)].every((name) => names.has(name)))
    .sort(([, a], [, b]) => b.channels.length - a.channels.length)[0];
}

/** Seconds from row to row; they are held to it. */
function periodOf(times: Float64Array, refuse: (what: string, remedy: string) => never): number {
  const gaps = Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1]! - times[i]!);
  const median = gaps.slice().sort()[Math.floor(gaps.length / 2)]!;
  const period = Number(median.toPrecision(9)); // 0.05 in place of 0.04999999999999982
  const wrong = gaps.findIndex((gap) => !(Math.abs(gap - period) <= JITTER * period));
  if (!(period > 0) || wrong >= 0)
    refuse(
      `from row ${wrong + 1} to ${wrong + 2} it is ${Number(gaps[Math.max(0, wrong)]!.toPrecision(6))} s, and ${period} s from most rows to the next`,
      'An episode has one control period: give the table evenly spaced rows, or split it where rows are missing.',
    );
  return period;
}
