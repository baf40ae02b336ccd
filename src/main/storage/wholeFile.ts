import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { makeFolder } from './makeFolder';
import { PartFile } from './mcap/partFile';

/**
 * Writes a file piece by piece, so that it is there whole or not at all: whatever fails, nothing is left behind. Missing folders
 * are made.
 *
 * @param write  hands its pieces to the file; what it throws ends the writing
 * @throws WritingFailed when a file of this name is there, and when the disk takes no more
 */
export async function writeInPieces(path: string, write: (file: Pick<PartFile, 'append'>) => void | Promise<void>): Promise<void> {
  const folder = dirname(path);
  await makeFolder(folder);
  const part = PartFile.createAnew(folder, `.${basename(path)}.${process.pid}.${randomBytes(4).toString('hex')}.part`, basename(path));
  try {
    await write(part);
    part.close();
  } catch (error) {
    part.abandon();
    await rm(part.path, { force: true });
    throw error;
  }
}
