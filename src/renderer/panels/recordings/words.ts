import type { RecordingSummary } from '../../../shared/episodes/library';
import { shown } from '../../theme/units';

/** When the pole came up for good, in the words of the list. */
export function uprightText({ uprightFrom, random, state, rows }: RecordingSummary): string {
  if (state !== 'whole' || rows === 0) return '–';
  if (Number.isFinite(uprightFrom)) return `${shown(uprightFrom, 2)} s`;
  return random ? 'never, random' : 'never';
}
export const lengthText = ({ seconds, rows }: RecordingSummary): string =>
  rows === 0 ? '–' : seconds < 600 ? `${shown(seconds, 1)} s` : `${shown(seconds / 60, 1)} min`;
export const costText = ({ cost }: RecordingSummary): string => (Number.isFinite(cost) ? shown(cost, cost < 100 ? 1 : 0) : '–');

/** Day and time of the reader's clock. */
export function whenText(startedAt: string): string {
  const when = new Date(startedAt);
  if (Number.isNaN(when.getTime())) return '–';
  const day = when.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
  return `${day}, ${clockOf(startedAt)}`;
}
/** Time of the reader's clock; empty when it is none. */
export function clockOf(startedAt: string): string {
  const when = new Date(startedAt);
  return Number.isNaN(when.getTime()) ? '' : when.toLocaleTimeString('en-GB');
}
export const stateWords: Readonly<Record<RecordingSummary['state'], string>> = {
  whole: 'complete',
  open: 'being recorded',
  part: 'left in the middle',
  damaged: 'damaged',
  refused: 'cannot be opened',
};
/** Tags as they are typed: words with commas between. */
export const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];
