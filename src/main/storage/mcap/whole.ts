import { FileRefused } from '../../../shared/recordings/refusal';
import type { McapContent } from './readMcap';

/**
 * What is missing in a recording would show up later as something else, so one that was cut short or is damaged is not taken as
 * it is.
 *
 * @throws FileRefused in words
 */
export function mustBeWhole(path: string, { damage, endsWith }: Pick<McapContent, 'damage' | 'endsWith'>): void {
  if (damage.length === 0 && endsWith === 'footer') return;
  const what =
    damage.length > 0 ? `the recording is damaged (${damage[0]!.reason})` : 'the recording ends in the middle, as after a power cut';
  throw new FileRefused(path, 'damaged', what, `Make it whole with: upright recover "${path}"`);
}
