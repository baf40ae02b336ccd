import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { writeWhole } from './atomicFile';
import { MOVED, type Moved } from './userData';

/** What belongs to the user; what a browser window or a server keeps for itself stays. */
const PARTS = ['recordings', 'exports', 'models', 'setups', 'rigs', 'profiles', 'tuning.json'] as const;

/**
 * Moves the user's data into another folder, and leaves a word in the old one where it is now. Nothing is given up before all of
 * it is there and counted; when something fails, it stays where it was.
 *
 * @param from  absolute
 * @param to    absolute; made when missing, else empty of what is moved
 * @throws Error in a sentence
 */
export async function moveData(from: string, to: string): Promise<void> {
  await checkTarget(from, to);
  const parts = [];
  for (const part of PARTS) if ((await stat(join(from, part)).catch(() => undefined)) !== undefined) parts.push(part);
  await mkdir(to, { recursive: true }).catch((error: Error) => refuse(`${to} cannot be made: ${error.message}.`));
  for (const part of parts)
    if ((await stat(join(to, part)).catch(() => undefined)) !== undefined)
      refuse(`${join(to, part)} is there already. Choose a folder without Upright's data.`);
  const arrived: string[] = [];
  try {
    for (const part of parts) {
      await carry(join(from, part), join(to, part));
      arrived.push(part);
    }
    await writeWhole(join(from, MOVED), `${JSON.stringify({ to } satisfies Moved)}\n`);
  } catch (error) {
    await takeBack(from, to, arrived);
    throw new Error(`The data could not be moved to ${to}: ${(error as Error).message}. It is where it was.`, { cause: error });
  }
  // copies were made on another disk; there the originals are still here
  for (const part of parts) await rm(join(from, part), { recursive: true, force: true });
}

async function checkTarget(from: string, to: string): Promise<void> {
  if (!isAbsolute(to)) refuse(`${to} is no whole path. Give one from the root, such as ${join(resolve('/'), 'data', 'upright')}.`);
  const inside = (outer: string, inner: string) => {
    const way = relative(outer, inner);
    return way === '' || (!way.startsWith('..') && !isAbsolute(way));
  };
  if (inside(from, to) || inside(to, from)) refuse(`${to} lies in ${from}, or the other way round. Choose another folder.`);
  const found = await stat(to).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) refuse(`${to} is a file. Choose a folder.`);
}
const refuse = (sentence: string): never => {
  throw new Error(sentence);
};

/** By name on the same disk; copied and counted on another. */
async function carry(from: string, to: string): Promise<void> {
  try {
    return await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
  }
  await cp(from, to, { recursive: true, preserveTimestamps: true, errorOnExist: true, force: false });
  const [there, here] = [await bytesIn(to), await bytesIn(from)];
  if (there !== here) throw new Error(`${there} of ${here} bytes of ${from} arrived`);
}
async function takeBack(from: string, to: string, parts: readonly string[]): Promise<void> {
  for (const part of PARTS) {
    const isStillHere = (await stat(join(from, part)).catch(() => undefined)) !== undefined;
    if (isStillHere) await rm(join(to, part), { recursive: true, force: true });
    else if (parts.includes(part)) await rename(join(to, part), join(from, part));
  }
}
async function bytesIn(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.size;
  let bytes = 0;
  for (const name of await readdir(path)) bytes += await bytesIn(join(path, name));
  return bytes;
}
