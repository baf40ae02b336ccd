import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { builtInSetups } from '../../shared/setups/builtIn';
import { registries, resolveSetup, schemasOf } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import { setupHash } from '../../shared/setups/setupHash';
import { writeWhole } from './atomicFile';
import { checkSetup, readSetupFile } from './setupFile';

/** A setup of the folder as a list shows it. */
export interface SetupInFolder {
  /** Of its file, without `.json`. */
  readonly name: string;
  /** Label of its plant; empty when it cannot be told. */
  readonly plant: string;
  /** Empty when it cannot be loaded. */
  readonly hash: string;
  /** ISO 8601: when its file was changed last. */
  readonly savedAt: string;
  /** Why it cannot be loaded, in words; empty when it can. */
  readonly reason: string;
}
const ENDING = '.json';
/** Names of devices, which Windows gives to no file, whatever follows their first dot. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** The user's setups, one file each: NAME.json. What is called NAME there is called so everywhere, whatever the file says. */
export class SetupFolder {
  constructor(readonly path: string) {}

  /** By name. Files that are no setup of this program are listed with the reason; a folder that is not there is empty. */
  async list(): Promise<SetupInFolder[]> {
    const names = (await readdir(this.path).catch(() => []))
      .filter((file) => file.endsWith(ENDING) && !file.startsWith('.'))
      .map((file) => file.slice(0, -ENDING.length))
      .sort((a, b) => a.localeCompare(b, 'en'));
    const setups: SetupInFolder[] = [];
    for (const name of names) {
      const found = await stat(this.fileNamed(name)).catch(() => undefined);
      if (found === undefined || !found.isFile()) continue;
      const entry = { name, plant: '', hash: '', savedAt: found.mtime.toISOString(), reason: '' };
      try {
        const setup = await this.read(name);
        setups.push({ ...entry, plant: registries.plant[setup.plant]!.label, hash: setupHash(setup) });
      } catch (error) {
        setups.push({ ...entry, reason: (error as Error).message });
      }
    }
    return setups;
  }
  /** @throws Error in words for what is not there, not readable or not of this program */
  async read(name: string): Promise<Setup> {
    const path = this.fileNamed(name);
    const wrong = whatIsWrongWith(name);
    if (wrong !== '') throw new Error(wrong);
    const found = await readSetupFile(path).catch((refused: Error) => {
      throw new Error(refused.message.replace(/^./, (letter) => letter.toUpperCase()));
    });
    if (found === undefined) throw new Error(`There is no saved setup "${name}".`);
    const setup = { ...found, name };
    resolveSetup(setup); // a part or a value that this program has not
    const known = knownSettings();
    const unknown = Object.keys(setup.values).filter((id) => !known.has(id));
    if (unknown.length > 0) throw new Error(`This program does not know the setting "${unknown[0]}"${andMore(unknown.length - 1)}.`);
    return setup;
  }
  /**
   * Writes a setup under a name, whole or not at all.
   * @param replace  whether one of this name may be written over
   * @returns the setup as it will be read
   */
  async save(name: string, setup: Setup, { replace }: { readonly replace: boolean }): Promise<Setup> {
    const wrong = whatIsWrongWith(name);
    if (wrong !== '') throw new Error(wrong);
    const file = this.fileNamed(name);
    const there = await stat(file).catch(() => undefined);
    if (there !== undefined && !there.isFile())
      throw new Error(`"${basename(file)}" in the folder of setups is no file. Choose another name.`);
    if (there !== undefined && !replace) throw new Error(`There is a saved setup "${name}" already. Replace it, or choose another name.`);
    const checked = checkSetup({ ...setup, name });
    if (typeof checked === 'string') throw new Error(`This setup cannot be saved (${checked}).`);
    await writeWhole(file, `${JSON.stringify(checked, null, 2)}\n`);
    return checked;
  }
  /** @returns the file that is to go into the trash. @throws Error when there is none */
  async fileOf(name: string): Promise<string> {
    const path = this.fileNamed(name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || !found.isFile()) throw new Error(`There is no saved setup "${name}".`);
    return path;
  }
  /** @throws Error for what leads out of the folder */
  private fileNamed(name: string): string {
    if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name))
      throw new Error(`${JSON.stringify(name.slice(0, 100))} is no name of a saved setup.`);
    return join(this.path, `${name}${ENDING}`);
  }
}

/** @returns why no setup can be saved under this name; empty when one can */
export function whatIsWrongWith(name: string): string {
  const quoted = JSON.stringify(name.length > 70 ? `${name.slice(0, 70)}…` : name);
  if (name.length > 64) return `The name ${quoted} has ${name.length} characters; 64 are the most.`;
  if (!/^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]*[\p{L}\p{N}_-])?$/u.test(name))
    return `The name ${quoted} cannot be a setup's: letters, digits, blanks and . _ - can be in it, a letter or a digit begins it, no dot or blank ends it.`;
  if (name.normalize('NFC') !== name) return `The name ${quoted} has letters that are written in two parts. Write them as one.`;
  if (DEVICES.test(name)) return `The name ${quoted} is one of Windows' devices.`;
  if (Object.keys(builtInSetups).includes(name.toLowerCase())) return `${quoted} is a built-in setup. Choose another name.`;
  return '';
}

let everySetting: ReadonlySet<string> | undefined;
/** Ids of the settings of all parts: a setup keeps values for parts that are not chosen now. */
function knownSettings(): ReadonlySet<string> {
  if (everySetting !== undefined) return everySetting;
  const ids = new Set<string>();
  const { light } = builtInSetups;
  const take = (parts: Partial<Setup>) => {
    for (const [room, schema] of Object.entries(schemasOf({ ...light!, ...parts })))
      for (const key of Object.keys(schema)) ids.add(`${room}.${key}`);
  };
  for (const part of ['plant', 'task', 'model', 'controller', 'estimator', 'algorithm'] as const)
    for (const id of Object.keys(registries[part])) take({ [part]: id });
  // what planning through networks needs belongs to both
  for (const planner of Object.keys(registries.planner)) for (const model of Object.keys(registries.model)) take({ planner, model });
  return (everySetting = ids);
}
const andMore = (count: number): string => (count === 0 ? '' : ` and ${count} more`);
