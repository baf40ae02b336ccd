import { existsSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { markLimits } from '../../../shared/contract/contract';
import { noMarks, type RecordingMarks } from '../../../shared/episodes/library';
import { writeWhole } from '../atomicFile';
import { readSmallFile } from './smallFile';

const ENDING = '.notes.json';
const BROKEN = '.broken';
/** Larger than the longest words that may be written, in any letters. */
const MOST_BYTES = 64_000;
const marksFile: z.ZodType<RecordingMarks> = z.strictObject({
  tags: z.array(z.string().min(1).max(markLimits.tag)).max(markLimits.tags),
  note: z.string().max(markLimits.note),
  heldOut: z.boolean(),
});

/** Where the words stand that people put to a recording. */
export const marksPath = (recording: string): string => `${recording}${ENDING}`;

/** None where nothing stands, and where it is no such file. */
export function readMarks(recording: string): RecordingMarks {
  return parsed(marksPath(recording)) ?? noMarks;
}

/** Nothing is kept of empty marks. What stood there and is no such file is put aside, not written over. */
export async function writeMarks(recording: string, marks: RecordingMarks): Promise<void> {
  const path = marksPath(recording);
  if (existsSync(path) && parsed(path) === undefined) renameSync(path, brokenPaths(path).free);
  const isEmpty = marks.tags.length === 0 && marks.note === '' && !marks.heldOut;
  if (isEmpty) await rm(path, { force: true });
  else await writeWhole(path, `${JSON.stringify(marksFile.parse(marks), undefined, 1)}\n`);
}

/** Everything that stands beside a recording because of its words: the notes, and those that were put aside. */
export function markFilesOf(recording: string): string[] {
  const path = marksPath(recording);
  return [...(existsSync(path) ? [path] : []), ...brokenPaths(path).taken];
}

/** Notes that were put aside: `.broken`, `.broken.2`, …; and the next name that is free. */
function brokenPaths(path: string): { readonly taken: readonly string[]; readonly free: string } {
  const taken: string[] = [];
  for (let copy = 1; ; copy++) {
    const free = `${path}${BROKEN}${copy === 1 ? '' : `.${copy}`}`;
    if (!existsSync(free)) return { taken, free };
    taken.push(free);
  }
}

function parsed(path: string): RecordingMarks | undefined {
  const text = readSmallFile(path, MOST_BYTES);
  if (text === undefined) return undefined;
  try {
    return marksFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
