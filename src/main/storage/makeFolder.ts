import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and what is missing above it, one level at a time. Node's own recursive form never returns where the
 * kernel answers "no such file" for a folder that may not be made, as below /proc.
 *
 * @throws NodeJS.ErrnoException of the level that could not be made
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(folder); ; at = dirname(at)) {
    const made = await makeOne(at, mode);
    if (made) break;
    missing.push(at);
    if (dirname(at) === at) break;
  }
  for (const level of missing.reverse()) await mkdir(level, { mode });
}

/** Whether the folder is there now; false when its parent is missing. */
async function makeOne(folder: string, mode: number | undefined): Promise<boolean> {
  try {
    await mkdir(folder, { mode });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    // a file of that name is found out by whoever writes into it
    if (code === 'EEXIST') return true;
    throw error;
  }
}
