import { z } from 'zod';
import { readHeader, RecordRefused, type EpisodeHeader } from '../../../shared/episodes/record';
import { FileRefused } from '../../../shared/recordings/refusal';

/** Characters of a name; of one in a list or a menu nobody reads more. */
const word = z.string().max(200);
const fields = z.object({
  software: word,
  // what a Date can hold, from 1970: the log of a recording counts from there
  startedAt: word.refine((text) => Date.parse(text) >= 0, 'is no time'),
  rig: word,
  plant: word,
  episode: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  period: z.number().min(1e-6).max(1e6),
  channels: z.array(z.object({ id: word, label: word, unit: word, wraps: z.boolean() })).max(64),
  costs: z.array(word).max(64),
});

/**
 * The header of an episode that anybody may have written: what a screen and a table make of it has the types that it says.
 *
 * @param texts  the metadata of the recording
 * @throws RecordRefused naming the first field that is wrong
 */
export function recordedHeader(texts: Readonly<Record<string, string>>): EpisodeHeader {
  const header = readHeader(texts);
  const { error } = fields.safeParse(header);
  if (error === undefined) return header;
  const [issue] = error.issues;
  throw new RecordRefused(`metadata "${issue!.path.join('.')}" is not what an episode has there (${issue!.message}).`);
}

/** What a record of an episode may not hold, said with its file. */
export function inWords(path: string, error: unknown): unknown {
  if (!(error instanceof RecordRefused)) return error;
  return new FileRefused(
    path,
    'recording',
    error.message.replace(/\.$/, ''),
    'Give a recording of an episode, as the workbench writes them.',
  );
}
