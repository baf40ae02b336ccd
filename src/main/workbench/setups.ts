import type { SavedSetup, WorkbenchApi } from '../../shared/contract/contract';
import { builtInSetups } from '../../shared/setups/builtIn';
import { resolveSetup, schemasOf, settingOf } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import { SetupFolder } from '../storage/setupFolder';
import { describeSettings, describeSetup } from './describe';
import type { Desktop } from './workbenchPorts';

export type SetupCalls = Pick<WorkbenchApi, 'savedSetups' | 'saveSetup' | 'trashSetup' | 'compareSetup'>;

interface Place {
  /** Where they are now. @throws Error while they are on their way to another place */
  folder(): string;
  readonly desktop: Desktop;
  /** The setup as it is on the workbench, with what waits for the next episode. */
  now(): Setup;
  /** The folder was changed by what was done here. */
  changed(folder: string): void;
}

/** The user's setups as clients see them. */
export class SetupService {
  /** Resolves when nothing is being written any more. */
  written: Promise<unknown> = Promise.resolve();

  constructor(private readonly place: Place) {}

  readonly calls: SetupCalls = {
    savedSetups: async () => {
      const { folder } = this;
      return { folder: folder.path, setups: (await folder.list()) satisfies SavedSetup[] };
    },
    saveSetup: async ({ name, replace }) => {
      const { folder } = this;
      const setup = this.place.now();
      // one after the other: of two clients that save under one name the second finds the first one's
      const saved = this.written.then(() => folder.save(name, setup, { replace: replace === true }));
      this.written = saved.catch(() => undefined);
      await saved;
      this.place.changed(folder.path);
    },
    trashSetup: async ({ name }) => {
      const { folder } = this;
      await this.place.desktop.trash([await folder.fileOf(name)]);
      this.place.changed(folder.path);
    },
    compareSetup: async ({ name }) => {
      const setup = await this.read(name);
      const resolved = resolveSetup(setup);
      return { setup: describeSetup(resolved), settings: describeSettings(resolved, resolveSetup(basisOf(setup)), {}) };
    },
  };

  /** @throws Error in words */
  async read(name: string): Promise<Setup> {
    return this.folder.read(name);
  }
  private get folder(): SetupFolder {
    return new SetupFolder(this.place.folder());
  }
}

/**
 * What "default" means for the settings of a saved setup: the built-in setup of its plant from which it differs in the fewest
 * values. So all that was changed before it was saved still counts as changed, and goes back one by one. What is locked stays
 * as it was saved, since nobody could reset it.
 */
export function basisOf(setup: Setup): Setup {
  const differs = (values: Setup['values']) =>
    Object.keys({ ...values, ...setup.values }).filter((id) => String(values[id]) !== String(setup.values[id])).length;
  const [nearest] = Object.values(builtInSetups)
    .filter(({ plant }) => plant === setup.plant)
    .sort((a, b) => differs(a.values) - differs(b.values));
  const schemas = schemasOf(setup);
  const isLocked = (id: string) => {
    try {
      return typeof settingOf(schemas, id).applies === 'object';
    } catch {
      return false; // of a part that is not chosen now
    }
  };
  const own = Object.entries(setup.values).filter(([id]) => isLocked(id));
  const others = Object.entries(nearest?.values ?? {}).filter(([id]) => !isLocked(id));
  return { ...setup, values: Object.fromEntries([...others, ...own]) };
}
