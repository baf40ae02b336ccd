import { defineController, type ControllerInstance } from './controller';
import { BangBang } from './excitation';

/** Random bang-bang actions, the data that learning begins with. */
export const random = defineController({
  label: 'Random',
  source: 'bang-bang: alternating sign, 0.5-1 of the limit, held 0.1-0.35 s',
  settings: {},
  create({ limit, period, seed }): ControllerInstance {
    const bangBang = new BangBang(limit, period, seed);
    return {
      reset: (episode) => bangBang.reset(episode),
      wantsPlan: () => false,
      act: () => ({ action: bangBang.next(), basis: 'random', planAge: -1 }),
    };
  },
});
