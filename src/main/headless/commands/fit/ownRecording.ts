import type { GridStretch } from '../../../../shared/recordings/grid';
import { withoutMasked, type RecordingSpec, type Window } from '../../../../shared/recordings/recordingSpec';
import { MappingError } from '../../../../shared/recordings/refusal';
import { readMarks } from '../../../storage/library/marks';
import { smoothedEpisode } from '../../../workers/replay';
import type { EpisodeOfFile } from '../episodeOfFile';
import type { Recording } from './recordings';

/**
 * A recording of ours as it is fitted to: its grid is its control period, its states are those that its estimator smooths from
 * both sides, its actions those that the rig applied.
 *
 * @param wanted  plant and period of the fit
 * @throws MappingError when it is of another plant or period, too short, or to be trained on and marked as held out
 */
export function ownRecording(
  spec: RecordingSpec,
  role: Recording['role'],
  { episode, resolved }: EpisodeOfFile,
  wanted: { readonly plant: string; readonly period: number },
): Recording {
  const { path } = spec;
  const { plant, period } = episode.header;
  if (role === 'train' && readMarks(path).heldOut)
    throw new MappingError(
      `${path} is marked as held out of fits.`,
      'Give it with --test, or take the mark away on the screen Recordings.',
      path,
    );
  if (plant !== wanted.plant)
    throw new MappingError(
      `${path} is a recording of the plant "${plant}", and a model of "${wanted.plant}" is wanted.`,
      `Say --plant ${plant}.`,
      path,
    );
  if (Math.abs(period - wanted.period) > 1e-9)
    throw new MappingError(
      `${path} was recorded with a control period of ${period} s, which is its grid; --period says ${wanted.period} s.`,
      'Leave --period out, and fit recordings of one period together.',
      path,
    );
  if (spec.action !== undefined || spec.row !== 'auto')
    throw new MappingError(`${path} says itself which action acted when.`, 'Leave +action and +row out for a recording of ours.', path);
  const whole = smoothedEpisode(episode, resolved);
  const masked = typeof spec.mask === 'string' ? [] : spec.mask;
  const n = resolved.instance.size;
  const stretches = whole === undefined ? [] : withoutMasked(spec.windows, masked).flatMap((window) => cut(whole, window, period, n) ?? []);
  if (stretches.length === 0)
    throw new MappingError(`${path} holds too few periods in what was asked for.`, 'Ask for more of it, or leave it out.', path);
  const end = (episode.periods.length - 1) * period;
  return {
    spec,
    role,
    stretches,
    grownSmooth: undefined,
    document: {
      file: path,
      role,
      windows: spec.windows.map(([from, to]) => [Math.max(0, from), Math.min(end, to)]),
      rows: stretches.reduce((sum, { count }) => sum + count, 0),
      samplePeriodSeconds: period,
      actionColumn: 'applied',
      actionRow: { value: 1, given: false, detected: null },
      masked,
      ignoredColumns: [],
    },
  };
}

/** The part of a stretch within a window; undefined when it holds no transition. */
function cut(
  { from, count, states, actions, recorded }: GridStretch,
  [low, high]: Window,
  period: number,
  n: number,
): GridStretch | undefined {
  const first = Math.max(0, Math.ceil((low - from) / period - 1e-6));
  const last = Math.min(count - 1, Math.floor((high - from) / period + 1e-6));
  if (last <= first) return undefined;
  return {
    from: from + first * period,
    count: last - first + 1,
    states: states.slice(first * n, (last + 1) * n),
    actions: actions.slice(first, last),
    recorded: new Map([...recorded].map(([id, angles]) => [id, angles.slice(first, last + 1)])),
  };
}
