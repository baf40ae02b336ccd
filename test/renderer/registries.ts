import * as registry from '../../src/shared/plants';
import type { Plant } from '../../src/shared/plants/plant';

export const plants = Object.values(registry as Readonly<Record<string, Plant>>);
