import type { Recordings } from './recordings.svelte';

/** Keys of the recordings' screen, as the sheet shows them. */
export const replayKeys: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['Space'], does: 'Play and hold, while no loop runs' },
  { keys: ['←', '→'], does: 'One step back, on; with Shift ten' },
  { keys: ['Home', 'End'], does: 'To the beginning, to the end' },
  { keys: ['↑', '↓'], does: 'The recording above, below, in the list' },
  { keys: ['Delete'], does: 'Chosen recordings into the trash, in the list' },
  { keys: ['/'], does: 'Search' },
  { keys: ['Esc'], does: 'Back to the workbench, while no loop runs' },
];
const TEN = 10;

/** @returns whether the key was one of these */
export function replayKey({ key, shiftKey }: KeyboardEvent, { player }: Recordings): boolean {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowRight':
      player.stepBy((key === 'ArrowRight' ? 1 : -1) * (shiftKey ? TEN : 1));
      return true;
    case 'Home':
      player.seek(player.from);
      return true;
    case 'End':
      player.seek(player.to);
      return true;
    case '/':
      document.getElementById('search-recordings')?.focus();
      return true;
    default:
      return false;
  }
}
