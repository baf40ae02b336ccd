import type { RecordingSummary } from '../../shared/episodes/library';

export const recordingKinds = ['all', 'simulated', 'imported', 'heldOut', 'needsRecovery'] as const;
export type RecordingKind = (typeof recordingKinds)[number];

/** Whether what is in the file is worth saving by hand. */
export const needsRecovery = ({ state }: RecordingSummary): boolean => state === 'part' || state === 'damaged';
export const isOf = (kind: RecordingKind, one: RecordingSummary): boolean => {
  switch (kind) {
    case 'all':
      return true;
    case 'heldOut':
      return one.marks.heldOut;
    case 'needsRecovery':
      return needsRecovery(one);
    default:
      return one.rig === kind;
  }
};

/** Name without its ending, as people say it. */
export const titleOf = (name: string): string => name.replace(/\.mcap(\.part)?$/, '');

/** A name as a list has room for it: the date stands above, the time before it, and the number of the episode is enough. */
export function shortTitleOf(name: string): { readonly time: string; readonly rest: string } {
  const title = titleOf(name).replace(/-episode-(\d+)/, ' $1');
  const stamp = /^\d{4}-\d\d-\d\dT(\d\d)-(\d\d)-(\d\d)-(.+)$/.exec(title);
  return stamp === null ? { time: '', rest: title } : { time: `${stamp[1]}:${stamp[2]}:${stamp[3]}`, rest: stamp[4]! };
}

/** Whether each word that was typed stands somewhere in what a recording says of itself. */
export function matches(search: string, one: RecordingSummary): boolean {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { marks } = one;
  const text = [one.name, one.rig, one.plant, one.setup, one.hash, `seed ${one.seed}`, one.ended, marks.note, ...marks.tags];
  const said = text.join('\n').toLowerCase();
  return words.every((word) => said.includes(word));
}

export type ListLine =
  | { readonly kind: 'day'; readonly label: string }
  | { readonly kind: 'recording'; readonly recording: RecordingSummary; readonly at: number };

/** Recordings with a heading for each day, in the time of the reader. @param today  the day of the reader's clock */
export function linesOf(recordings: readonly RecordingSummary[], today: Date): ListLine[] {
  const lines: ListLine[] = [];
  let before = '';
  recordings.forEach((recording, at) => {
    const label = dayOf(recording.startedAt, today);
    if (label !== before) lines.push({ kind: 'day', label });
    before = label;
    lines.push({ kind: 'recording', recording, at });
  });
  return lines;
}
function dayOf(startedAt: string, today: Date): string {
  const when = new Date(startedAt);
  if (Number.isNaN(when.getTime())) return 'Without a date';
  const midnight = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(today) - midnight(when)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return when.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}

/** "214 MB". */
export function bytesText(bytes: number): string {
  if (!(bytes >= 0)) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]!}`;
}
