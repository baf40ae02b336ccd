import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { markLimits } from '../../../shared/contract/contract';
import { noMarks, type RecordingMarks } from '../../../shared/episodes/library';
import { writeWhole } from '../atomicFile';

const ENDING = '.notes.json';
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
  if (existsSync(path) && parsed(path) === undefined) renameSync(path, `${path}.broken`);
  const isEmpty = marks.tags.length === 0 && marks.note === '' && !marks.heldOut;
  if (isEmpty) await rm(path, { force: true });
  else await writeWhole(path, `${JSON.stringify(marksFile.parse(marks), undefined, 1)}\n`);
}

function parsed(path: string): RecordingMarks | undefined {
  try {
    if (statSync(path).size > MOST_BYTES) return undefined;
    return marksFile.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}
