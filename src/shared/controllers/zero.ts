import { defineController, type ControllerInstance } from './controller';

/** Does nothing: a free swing. */
export const zero = defineController({
  label: 'Zero',
  source: 'a free swing',
  settings: {},
  create: (): ControllerInstance => ({
    reset() {},
    wantsPlan: () => false,
    act: () => ({ action: 0, basis: 'zero', planAge: -1 }),
  }),
});
