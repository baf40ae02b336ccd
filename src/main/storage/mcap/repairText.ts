import { basename } from 'node:path';
import type { Repair } from './repair';

/** What a repair has found, for people: a line for the file, and one for each lost stretch. */
export function repairText({
  file,
  repaired,
  state,
  messages,
  lostSeconds,
  lost,
  wasRepairedBefore,
  reason,
  bytesLeftOver,
}: Repair): string {
  const count = `${messages.toLocaleString('en-US')} message${messages === 1 ? '' : 's'}`;
  if (state === 'unreadable') return `unreadable: ${reason ?? file}`;
  if (state === 'whole') {
    // a kill between the last byte and the name
    const name = file.endsWith('.part') ? `; only its name is left to mend: ${basename(file).slice(0, -'.part'.length)}` : '';
    return `whole: ${file} (${count})${name}`;
  }
  const before = wasRepairedBefore ? ', repaired before' : '';
  const loss =
    lost.length === 0 ? 'nothing lost' : `lost ${secondsWord(lostSeconds)} in ${lost.length} place${lost.length === 1 ? '' : 's'}`;
  const left = bytesLeftOver > 0 ? `, ${bytesLeftOver.toLocaleString('en-US')} bytes left over at the end` : '';
  return [
    `repaired: ${file} is now ${repaired} (${count}, ${loss}${left}${before})`,
    ...lost.slice(0, MOST_LINES).map(({ fromSeconds, toSeconds, reason: why }) => `  lost ${stretchWord(fromSeconds, toSeconds)}: ${why}`),
    ...(lost.length > MOST_LINES ? [`  and ${lost.length - MOST_LINES} more`] : []),
  ].join('\n');
}
const MOST_LINES = 20;

function stretchWord(from: number | null, to: number | null): string {
  if (from === null) return to === null ? 'all' : `everything before ${secondsWord(to)}`;
  return to === null ? `what came after ${secondsWord(from)}` : `from ${secondsWord(from)} to ${secondsWord(to)}`;
}
const secondsWord = (seconds: number): string => `${Number(seconds.toFixed(3))} s`;
