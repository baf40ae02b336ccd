import { readLog } from '../../../storage/readLog';
import type { Plant } from '../../../../shared/plants/plant';
import { onGrid, type GridChoice, type GridStretch } from '../../../../shared/recordings/grid';
import { readMapping, readPartnerRule } from '../../../../shared/recordings/mapping';
import { readRecordingSpec, type RecordingSpec, type Window } from '../../../../shared/recordings/recordingSpec';
import type { World } from '../../command';
import { episodeOfFile, isRecording } from '../episodeOfFile';
import { ownRecording } from './ownRecording';

/** A recording on the grid, ready to be fitted to or predicted. */
export interface Recording {
  readonly spec: RecordingSpec;
  readonly role: 'train' | 'test';
  readonly stretches: readonly GridStretch[];
  /** Its row of `files` in the document. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly grownSmooth: number | undefined;
}
export interface RecordingWords {
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly map: readonly string[];
  readonly partner: readonly string[];
}

/**
 * Reads all recordings of a call, in the order of its arguments; everything assumed on the way becomes a warning.
 * @throws FileRefused, MappingError
 */
export async function readRecordings(
  { train, test, map, partner }: RecordingWords,
  plantId: string,
  plant: Plant,
  grid: GridChoice,
  world: World,
): Promise<Recording[]> {
  const mappings = readMapping(map, plant);
  const rules = partner.map(readPartnerRule);
  const wanted = [
    ...train.map((text) => ({ spec: readRecordingSpec(text), role: 'train' as const })),
    ...test.map((text) => ({ spec: readRecordingSpec(text), role: 'test' as const })),
  ];
  const recordings: Recording[] = [];
  for (const { spec, role } of wanted) {
    world.progress.report({ phase: 'read', done: recordings.length, total: wanted.length, unit: 'file' });
    if (isRecording(spec.path)) {
      recordings.push(ownRecording(spec, role, episodeOfFile(spec.path), { plant: plantId, period: grid.period }));
      continue;
    }
    const { log, actionColumn, ignoredColumns, plain } = await readLog(spec, mappings, rules, plant, world.signal);
    if (spec.row === 'auto' && !plain) {
      world.warn({
        code: 'rowAssumed',
        file: spec.path,
        text: 'Nothing says which row an action belongs to; taken as row=0: what stands in row k is applied from row k on. Say +row=0, or +row=1 for a log that writes what led to row k or a measured torque that lags.',
      });
    }
    const masked = typeof spec.mask === 'string' ? [] : spec.mask;
    const { stretches, grownSmooth, notes } = onGrid(log, spec.windows, masked, spec.row === 'auto' ? 0 : spec.row, grid, plant);
    for (const { code, text } of [...log.notes, ...notes]) world.warn({ code, text, file: spec.path });
    recordings.push({
      spec,
      role,
      stretches,
      grownSmooth,
      document: {
        file: spec.path,
        role,
        windows: spec.windows.map((window) => clipped(window, log.time)),
        rows: stretches.reduce((sum, { count }) => sum + count, 0),
        samplePeriodSeconds: rounded(log.samplePeriod),
        actionColumn,
        actionRow: { value: spec.row === 'auto' ? 0 : spec.row, given: spec.row !== 'auto', detected: null },
        masked,
        ignoredColumns,
      },
    });
  }
  world.progress.report({ phase: 'read', done: wanted.length, total: wanted.length, unit: 'file' });
  return recordings;
}

/** An open end is the file's. */
const clipped = ([from, to]: Window, time: Float64Array): Window => [
  Number.isFinite(from) ? from : time[0]!,
  Number.isFinite(to) ? to : time[time.length - 1]!,
];
/** Without the dust of stamps that were subtracted. */
const rounded = (seconds: number): number => Number(seconds.toPrecision(6));
