import * as plants from '../../shared/plants';
import type { Plant, PlantInstance } from '../../shared/plants/plant';
import { settle, type SettingValues } from '../../shared/settings';

const ROOM = 'plant.';

/** The plant of a setup, as this page draws it; undefined for one that it does not know. @param values  by dotted id */
export function plantOf(id: string, values: SettingValues): { readonly plant: Plant; readonly instance: PlantInstance } | undefined {
  if (!Object.hasOwn(plants, id)) return undefined;
  const plant = (plants as Readonly<Record<string, Plant>>)[id];
  const own = Object.entries(values).filter(([name]) => name.startsWith(ROOM));
  const given = Object.fromEntries(own.map(([name, value]) => [name.slice(ROOM.length), value]));
  return { plant, instance: plant.create(settle(plant.settings, given, 'plant')) };
}
