import { statSync } from 'node:fs';
import { leftoversIn } from '../../../storage/mcap/repair';
import { FileRefused } from '../../../../shared/recordings/refusal';

/** The files that the arguments mean, each once, in their order: a folder means what a crash has left in it. */
export function filesOf(given: readonly string[]): string[] {
  return [...new Set(given.flatMap((path) => (isFolder(path) ? leftovers(path) : [path])))];
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new FileRefused(path, 'missing', 'there is no such file or folder', 'Check the path.');
  return found.isDirectory();
}

function leftovers(folder: string): string[] {
  try {
    return leftoversIn(folder);
  } catch (error) {
    if (error instanceof FileRefused) throw error;
    throw new FileRefused(folder, 'missing', 'the folder may not be read', 'Give yourself leave to read it.');
  }
}
