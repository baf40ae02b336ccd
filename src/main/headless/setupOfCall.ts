import { builtInSetups, setupOfPlant } from '../../shared/setups/builtIn';
import { resolveSetup, schemasOf, settingOf, withValues } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import { findSetup } from '../storage/findSetup';
import { didYouMean } from './nearest';
import { UsageError } from './refusals';
import { assignmentsOf, settingFromText } from './settingsOfCall';

/**
 * The setup that `--setup NAME|FILE` names; the plant's default when it names none.
 *
 * @param home  user data folder, where saved setups are
 * @throws UsageError for an unknown name or another plant, FileRefused for a file that is no setup
 */
export async function setupNamed(wanted: string | undefined, plant: string | undefined, home: string): Promise<Setup> {
  const setup = wanted === undefined ? setupOfPlant(plant ?? 'pendulum') : await findSetup(wanted, home);
  if (setup === undefined && wanted === undefined) {
    throw new UsageError('value', `No built-in setup has the plant "${plant}".`, 'Name a setup file with --setup.');
  }
  if (setup === undefined) {
    throw new UsageError(
      'unknownId',
      `There is no setup "${wanted}", and no file of this name.`,
      didYouMean(wanted!, Object.keys(builtInSetups)),
    );
  }
  if (plant !== undefined && setup.plant !== plant) {
    throw new UsageError(
      'value',
      `The setup "${setup.name}" is of the plant "${setup.plant}", not "${plant}".`,
      'Name one that fits, or leave it out.',
    );
  }
  return setup;
}

/** `--set ROOM.NAME=VALUE` on top of a setup. @throws SettingError or UsageError in words */
export function withAssignments(setup: Setup, texts: readonly string[]): Setup {
  const values: Record<string, unknown> = {};
  const schemas = schemasOf(setup);
  for (const [id, text] of assignmentsOf(texts)) values[id] = settingFromText(settingOf(schemas, id), text, id);
  const changed = withValues(setup, values);
  resolveSetup(changed);
  return changed;
}
